import type { TranslateContext } from './api';
import { pathSegment } from './path-segment';

/**
 * Path of a model's method on Vertex AI: `/v1/projects/p/locations/l/publishers/google/models/m:generateContent`. Without
 * project and location it is the form of express mode, which takes both from the key.
 */
export function vertexModelPath(
  publisher: 'google' | 'anthropic',
  method: string,
  { project, region, upstreamModel }: TranslateContext,
): string {
  const isPlaced = project !== undefined && region !== undefined;
  const place = isPlaced ? `projects/${pathSegment(project)}/locations/${pathSegment(region)}/` : '';
  return `/v1/${place}publishers/${publisher}/models/${pathSegment(upstreamModel)}:${method}`;
}
