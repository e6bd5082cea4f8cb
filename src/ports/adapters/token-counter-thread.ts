/** The thread behind token-counter-worker.ts: one prompt after the other. Started by its owner only. */
import { parentPort } from 'node:worker_threads';
import { countPromptTokens } from './prompt-tokens';

export interface CountRequest {
  readonly id: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface CountReply {
  readonly id: number;
  readonly tokens: number | undefined;
}

const port = parentPort;

port?.on('message', ({ id, body }: CountRequest) => {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const reply: CountReply = { id, tokens: countPromptTokens(text) };
  port.postMessage(reply);
});
