// The HTTP side of a small agent, with nothing but Node: an OpenAI-style chat service that looks something up and lets a
// model phrase the answer. Any language with an HTTP server will do as well; Outerloop only sees the address.
import { createServer } from 'node:http';

const MODEL_URL = process.env.MODEL_URL ?? 'http://localhost:12000/v1/chat/completions';
const MODEL_TIMEOUT_MS = 15_000;

/**
 * Serves POST /v1/chat/completions (streamed or not) and GET /healthz on 127.0.0.1.
 * `lookUp(messages)` returns the facts of the answer, one sentence each; `model` phrases them.
 */
export function serveChatAgent({ name, port, model, lookUp }) {
  const server = createServer((request, response) => {
    handle({ name, model, lookUp }, request, response).catch((error) => {
      console.error(`${name}: ${error.message}`);
      if (response.headersSent) response.destroy();
      else sendError(response, 400, error.message);
    });
  });
  server.listen(port, '127.0.0.1', () => {
    console.error(`${name}: listening on http://127.0.0.1:${server.address().port}`);
  });
}

async function handle({ name, model, lookUp }, request, response) {
  if (request.method === 'GET' && request.url === '/healthz') {
    return sendJson(response, 200, { status: 'ok', agent: name });
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    return sendError(
      response,
      404,
      `${request.method} ${request.url} is not served here; POST /v1/chat/completions is.`,
    );
  }
  const chat = JSON.parse(await readBody(request));
  if (!Array.isArray(chat.messages) || chat.messages.length === 0) {
    return sendError(response, 400, 'messages must be a list that is not empty.');
  }
  // What agents before this one found for the same question belongs into the answer: the caller sees the last agent's only.
  const facts = [...earlierFindings(chat.messages), ...lookUp(chat.messages)];
  const question = textOf(lastQuestion(chat.messages));
  const stream = chat.stream === true;
  console.error(`${name}: ${facts.length} facts for "${question}"`);
  const phrased = await askModel({ name, model, facts, question, stream, request });
  if (phrased !== undefined) {
    response.writeHead(200, { 'content-type': phrased.headers.get('content-type') ?? 'application/json' });
    for await (const chunk of phrased.body) response.write(chunk);
    response.end();
  } else if (stream) sendPlainStream(response, name, facts);
  else sendJson(response, 200, completion(name, { message: { role: 'assistant', content: facts.join(' ') } }));
}

/** Text of a message, whether its content is a string or a list of parts. */
export function textOf(message) {
  if (typeof message?.content === 'string') return message.content;
  if (!Array.isArray(message?.content)) return '';
  return message.content.map((part) => part.text ?? '').join('\n');
}

export function lastQuestion(messages) {
  return messages.findLast((message) => message.role === 'user');
}

/** Answers that other agents gave in this turn: named assistant messages right before the last question. */
export function earlierFindings(messages) {
  const findings = [];
  for (let index = messages.lastIndexOf(lastQuestion(messages)) - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message.role !== 'assistant' || message.name === undefined) break;
    findings.unshift(textOf(message).replace(/\s+/g, ' ').trim());
  }
  return findings.filter((text) => text !== '');
}

/** Lets the model phrase the facts; undefined when it does not answer, so that the traveller still gets the facts. */
async function askModel({ name, model, facts, question, stream, request }) {
  const instructions = `You are ${name}, part of a travel assistant. Tell the traveller the facts below in a friendly way. Add nothing to them.`;
  const headers = { 'content-type': 'application/json' };
  // Passing the trace context on makes the model call part of the same trace.
  for (const key of ['traceparent', 'tracestate'])
    if (request.headers[key] !== undefined) headers[key] = request.headers[key];
  try {
    const response = await fetch(MODEL_URL, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        model,
        stream,
        messages: [
          { role: 'system', content: `${instructions}\nFacts:\n${facts.map((fact) => `- ${fact}`).join('\n')}` },
          { role: 'user', content: question },
        ],
      }),
      signal: AbortSignal.timeout(MODEL_TIMEOUT_MS),
    });
    if (response.ok) return response;
    console.error(
      `${name}: ${model} answered ${response.status}: ${(await response.text()).slice(0, 200)}; giving the plain facts`,
    );
  } catch (error) {
    console.error(`${name}: ${model} does not answer (${error.cause?.code ?? error.name}); giving the plain facts`);
  }
  return undefined;
}

function completion(name, choice, object = 'chat.completion') {
  const created = Math.floor(Date.now() / 1000);
  return {
    id: `chatcmpl-${name}`,
    object,
    created,
    model: name,
    choices: [{ index: 0, finish_reason: 'stop', ...choice }],
  };
}

function sendPlainStream(response, name, facts) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  facts.forEach((fact, index) => {
    const delta = index === 0 ? { role: 'assistant', content: fact } : { content: ` ${fact}` };
    response.write(
      `data: ${JSON.stringify(completion(name, { delta, finish_reason: null }, 'chat.completion.chunk'))}\n\n`,
    );
  });
  response.write(`data: ${JSON.stringify(completion(name, { delta: {} }, 'chat.completion.chunk'))}\n\n`);
  response.end('data: [DONE]\n\n');
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response, status, value) {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

function sendError(response, status, message) {
  sendJson(response, status, { error: { message, type: 'invalid_request_error', param: null, code: null } });
}
