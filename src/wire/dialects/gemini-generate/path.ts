import type { PathFacts } from '../../dialect';

/** `/v1beta/models/m:generateContent`, and the same under a Vertex project. */
const METHOD_PATH =
  /^\/(?:v1|v1beta|v1beta1|v1alpha)\/(?:.+\/)?(?:models|tunedModels|endpoints)\/([^/:]+(?::[^/:]+)*?):(generateContent|streamGenerateContent)$/;

/** Undefined for other paths and for names that are no percent-encoding. `path` is without query. */
export function matchGeneratePath(path: string): PathFacts | undefined {
  const match = METHOD_PATH.exec(path);
  if (match?.[1] === undefined) return undefined;
  try {
    return { model: decodeURIComponent(match[1]), stream: match[2] === 'streamGenerateContent' };
  } catch {
    return undefined;
  }
}
