/**
 * A model server that costs little: OpenAI chat completions and Anthropic messages, whole or streamed, without delay.
 * Runs as a process of its own (forked by child-programs.ts) and reports its port over IPC.
 * Each event of a stream is written separately, as a real provider's would be.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerText, answerWord } from './workloads';

interface Call {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_tokens: number;
}

interface Answer {
  readonly whole: (call: Call) => string;
  readonly events: (call: Call) => string[];
}

const openai: Answer = {
  whole: ({ model, max_tokens: words }) =>
    JSON.stringify({
      id: 'chatcmpl-mock',
      object: 'chat.completion',
      created: 1700000000,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: answerText(words) }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 21, completion_tokens: words, total_tokens: 21 + words },
    }),
  events: ({ model, max_tokens: words }) => {
    const event = (delta: object, finishReason: string | null): string => {
      const choices = [{ index: 0, delta, finish_reason: finishReason }];
      return `data: ${JSON.stringify({ id: 'chatcmpl-mock', object: 'chat.completion.chunk', created: 1700000000, model, choices })}\n\n`;
    };
    const deltas = Array.from({ length: words }, (_, index) => event({ content: answerWord(index) }, null));
    return [event({ role: 'assistant', content: '' }, null), ...deltas, event({}, 'stop'), 'data: [DONE]\n\n'];
  },
};

const anthropic: Answer = {
  whole: ({ model, max_tokens: words }) =>
    JSON.stringify({
      ...anthropicMessage(model, words),
      content: [{ type: 'text', text: answerText(words) }],
      stop_reason: 'end_turn',
    }),
  events: ({ model, max_tokens: words }) => {
    const event = (type: string, rest: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
    const deltas = Array.from({ length: words }, (_, index) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: answerWord(index) } }),
    );
    return [
      event('message_start', { message: anthropicMessage(model, 1) }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...deltas,
      event('content_block_stop', { index: 0 }),
      event('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: words },
      }),
      event('message_stop', {}),
    ];
  },
};

function anthropicMessage(model: string, outputTokens: number): object {
  const usage = { input_tokens: 21, output_tokens: outputTokens };
  return {
    id: 'msg_mock',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
}

/** Rendered answers, since the same few are asked for again and again. */
const rendered = new Map<string, readonly Buffer[]>();

function render(answer: Answer, api: string, call: Call): readonly Buffer[] {
  const key = `${api} ${call.model} ${call.stream === true} ${call.max_tokens}`;
  let parts = rendered.get(key);
  if (parts === undefined) {
    parts = (call.stream === true ? answer.events(call) : [answer.whole(call)]).map((part) => Buffer.from(part));
    rendered.set(key, parts);
  }
  return parts;
}

function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
  const path = request.url ?? '';
  const answer = path.endsWith('/chat/completions') ? openai : path.endsWith('/messages') ? anthropic : undefined;
  if (answer === undefined) {
    response.writeHead(404).end();
    return;
  }
  const call = JSON.parse(body) as Call;
  const parts = render(answer, path, call);
  if (call.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': parts[0]?.length ?? 0 });
    response.end(parts[0]);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  writeEach(response, parts, 0);
}

/** One event per turn of the event loop, so that Node does not join them into one write. */
function writeEach(response: ServerResponse, parts: readonly Buffer[], index: number): void {
  if (response.destroyed) return;
  if (index === parts.length) {
    response.end();
    return;
  }
  response.write(parts[index]);
  setImmediate(writeEach, response, parts, index + 1);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => respond(request, response, Buffer.concat(chunks).toString('utf8')));
});
// Idle connections stay open: a connection that closes just as Envoy uses it would be counted as the gateway's failure.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
