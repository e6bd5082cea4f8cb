import type { CheckContext } from '../check-context';
import { pathText } from '../config-document';
import { parseDuration } from '../duration';

/** A duration of the file in milliseconds; `fallback` when it is not written or (with a problem) not understood. */
export function durationOf(
  { document, problems }: CheckContext,
  container: object | undefined,
  key: string,
  text: string | undefined,
  fallbackMs: number,
): number {
  if (container === undefined || text === undefined) return fallbackMs;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  const bare = /^\d+(\.\d+)?$/.test(text.trim());
  problems.add('invalid_duration', document.place(container, key), {
    message: `\`${pathText(document.pathOf(container, key))}\` is \`${text}\`, which is no duration.`,
    ...(bare ? { fix: `Write the unit too: \`${key}: ${text.trim()}s\`.` } : {}),
  });
  return fallbackMs;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;

/** Connect timeout of every upstream that has none of its own. */
export function connectTimeoutOf(context: CheckContext): number {
  const { overrides } = context.draft;
  return durationOf(
    context,
    overrides,
    'upstream_connect_timeout',
    overrides?.upstream_connect_timeout,
    DEFAULT_CONNECT_TIMEOUT_MS,
  );
}
