/** One request over one connection, with as little work of our own as undici allows. */
import type { Client, Dispatcher } from 'undici';

export interface Outcome {
  readonly totalMs: number;
  readonly firstByteMs: number;
  /** Absent when the answer was complete with status 200; else its kind, e.g. `status 503` or `UND_ERR_SOCKET`. */
  readonly failure?: string;
  /** The whole body when it was asked for. */
  readonly body?: string;
}

export interface SendOptions {
  readonly keepBody?: boolean;
  /** Ask for the connection to be closed after the answer. */
  readonly lastOnConnection?: boolean;
  readonly timeoutMs?: number;
}

/** Never rejects: failures are outcomes. */
export function sendRequest(client: Client, path: string, body: string, options: SendOptions = {}): Promise<Outcome> {
  const startedAt = performance.now();
  let firstByteMs = NaN;
  let status = 0;
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = (failure?: string): void => {
      const totalMs = performance.now() - startedAt;
      const kept =
        options.keepBody === true || failure !== undefined ? { body: Buffer.concat(chunks).toString('utf8') } : {};
      resolve({ totalMs, firstByteMs, ...kept, ...(failure === undefined ? {} : { failure }) });
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_controller, chunk) => {
        if (chunks.length === 0) firstByteMs = performance.now() - startedAt;
        if (chunks.length === 0 || options.keepBody === true) chunks.push(chunk);
      },
      onResponseEnd: () => finish(status === 200 ? undefined : `status ${status}`),
      onResponseError: (_controller, error) => finish((error as NodeJS.ErrnoException).code ?? error.name),
    };
    client.dispatch(
      {
        method: 'POST',
        path,
        body,
        headers: { 'content-type': 'application/json' },
        reset: options.lastOnConnection === true,
        headersTimeout: options.timeoutMs ?? 30_000,
        bodyTimeout: options.timeoutMs ?? 30_000,
      },
      handler,
    );
  });
}
