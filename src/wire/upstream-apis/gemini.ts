import type { TranslateContext } from '../api';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';
import { vertexModelPath } from '../vertex-path';

/** Without alt=sse the stream would be one JSON array. */
const STREAM_METHOD = 'streamGenerateContent?alt=sse';

/** Gemini's developer API and the same models on Vertex AI: https://ai.google.dev/api/generate-content */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'gemini.generate',
    dialect: 'gemini.generate',
    model: 'untouched',
    path: (context) => `/v1beta/models/${pathSegment(context.upstreamModel)}:${methodOf(context)}`,
  },
  {
    id: 'vertex.gemini',
    dialect: 'gemini.generate',
    model: 'untouched',
    path: (context) => vertexModelPath('google', methodOf(context), context),
  },
];

function methodOf({ stream }: TranslateContext): string {
  return stream ? STREAM_METHOD : 'generateContent';
}
