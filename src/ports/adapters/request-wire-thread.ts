/**
 * The thread behind request-wire-worker.ts: parses, translates and patches one large body after the other with the same
 * code that small bodies run inline. Started by its owner only.
 */
import { parentPort } from 'node:worker_threads';
import { inlineRequestWire } from '../../wire';
import { GatewayError } from '../../wire/errors';
import type { WireFailure, WireReply, WireRequest, WireResult } from './request-wire-messages';

const port = parentPort;

port?.on('message', (request: WireRequest) => {
  void answer(request).then((reply) => {
    const body = 'result' in reply ? reply.result.body : undefined;
    port.postMessage(reply, body === undefined ? [] : [body.buffer]);
  });
});

async function answer({ id, work, body }: WireRequest): Promise<WireReply> {
  try {
    return { id, result: await perform(work, Buffer.from(body.buffer, body.byteOffset, body.byteLength)) };
  } catch (reason) {
    return { id, failure: failureOf(GatewayError.from(reason)) };
  }
}

async function perform(work: WireRequest['work'], body: Buffer<ArrayBuffer>): Promise<WireResult> {
  switch (work.kind) {
    case 'inspect':
      return { facts: await inlineRequestWire.inspect(work.dialect, body) };
    case 'render': {
      const { body: rendered, ...rest } = await inlineRequestWire.render(work.from, work.to, body, work.context);
      return { rendered: rest, ...changed(body, rendered) };
    }
    case 'earlier-answers':
      return changed(body, await inlineRequestWire.withEarlierAnswers(body, work.answers));
  }
}

function changed(before: Buffer, after: Buffer): Pick<WireResult, 'body'> {
  return after === before ? {} : { body: transferable(after) };
}

/** Small Buffers share a pool whose memory must not be given away. */
function transferable(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const ownsMemory = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  return ownsMemory ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}

function failureOf(error: GatewayError): WireFailure {
  const { code, message, param, hint, status, retryAfterSeconds } = error;
  const options = { hint, status };
  return {
    code,
    message,
    options: {
      ...options,
      ...(param === undefined ? {} : { param }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  };
}
