// Stand-in model server: answers like OpenAI and Anthropic would, without a key and without intelligence.
// It repeats the facts that a prompt lists under "Facts:", or says what it is. For demos on machines without keys.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 10530);

const server = createServer((request, response) => {
  handle(request, response).catch((error) =>
    sendJson(response, 400, { error: { type: 'invalid_request_error', message: error.message } }),
  );
});
server.listen(port, '127.0.0.1', () =>
  console.error(`stand-in model: listening on http://127.0.0.1:${server.address().port}`),
);

async function handle(request, response) {
  const path = request.url.split('?')[0];
  if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
  const api = path.endsWith('/chat/completions')
    ? openaiChat
    : path.endsWith('/messages')
      ? anthropicMessages
      : undefined;
  if (request.method !== 'POST' || api === undefined) {
    return sendJson(response, 404, {
      error: { type: 'not_found_error', message: `${request.method} ${path} is not served here.` },
    });
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const call = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const words = answerTo(call).match(/\S+\s*/g) ?? [];
  const usage = { input: JSON.stringify(call.messages).split(/\s+/).length, output: words.length };
  console.error(`stand-in model: ${path} as ${call.model}${call.stream ? ', streamed' : ''}`);
  if (!call.stream) return sendJson(response, 200, api.whole(call.model, words.join(''), usage));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const event of api.events(call, words, usage)) response.write(event);
  response.end();
}

function answerTo(call) {
  const prompt = [...(call.system === undefined ? [] : [{ role: 'system', content: call.system }]), ...call.messages];
  const facts =
    prompt
      .map(textOf)
      .join('\n')
      .split('\nFacts:\n')[1]
      ?.match(/^- .*$/gm) ?? [];
  if (facts.length > 0) return facts.map((fact) => fact.slice(2)).join(' ');
  const question = textOf(prompt.findLast((message) => message.role === 'user'));
  return `This is the stand-in for ${call.model}: it runs on this machine and knows nothing. You asked: "${question}"`;
}

function textOf(message) {
  const content = message?.content ?? '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

const openaiChat = {
  whole: (model, content, usage) => ({
    id: 'chatcmpl-stand-in',
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: openaiUsage(usage),
  }),
  *events(call, words, usage) {
    const head = {
      id: 'chatcmpl-stand-in',
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: call.model,
    };
    const chunk = (delta, finish_reason = null) =>
      `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    yield chunk({ role: 'assistant', content: '' });
    for (const content of words) yield chunk({ content });
    yield chunk({}, 'stop');
    if (call.stream_options?.include_usage)
      yield `data: ${JSON.stringify({ ...head, choices: [], usage: openaiUsage(usage) })}\n\n`;
    yield 'data: [DONE]\n\n';
  },
};

const anthropicMessages = {
  whole: (model, text, usage) => ({
    ...anthropicMessage(model, usage.input, usage.output),
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
  }),
  *events(call, words, usage) {
    const event = (type, rest) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
    yield event('message_start', { message: anthropicMessage(call.model, usage.input, 1) });
    yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    for (const text of words) yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
    yield event('content_block_stop', { index: 0 });
    yield event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: usage.output },
    });
    yield event('message_stop', {});
  },
};

function anthropicMessage(model, input_tokens, output_tokens) {
  const usage = { input_tokens, output_tokens };
  return {
    id: 'msg_stand_in',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
}

function openaiUsage({ input, output }) {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function sendJson(response, status, value) {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
