// What the demo asks, what the answers must show, and how they are printed.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bold, cross, dim, heading, say, tick, write } from './terminal.mjs';

const CONFIG = 'examples/travel/config.yaml';
const FLIGHT_FACT = /\bOA \d+ leaves at/;

/** `agents` are the ids expected in x-outerloop-agents, in order; `words` hold for the stand-in model, which repeats facts. */
const AGENT_QUESTIONS = [
  {
    prompt: 'Find flights from NYC to Paris and check the weather there',
    agents: ['flight_agent', 'weather_agent'],
    words: [FLIGHT_FACT, /to Paris/, /Weather in Paris/],
  },
  { prompt: 'What is the weather in Tokyo?', agents: ['weather_agent'], words: [/Weather in Tokyo/] },
  { prompt: 'Search flights from London to Rome', agents: ['flight_agent'], words: [FLIGHT_FACT, /to Rome/] },
  { prompt: 'Will it rain in Oslo tomorrow?', agents: ['weather_agent'], words: [/Weather in Oslo/], stream: true },
];

const MODEL_QUESTIONS = [
  { model: 'gpt-4o', note: 'OpenAI API in, OpenAI API out', words: [/stand-in for gpt-4o/] },
  {
    model: 'claude-3-5-sonnet',
    note: 'OpenAI API in, Anthropic API out, translated both ways',
    words: [/stand-in for claude-3-5-sonnet/],
  },
];

/** Asks everything; returns one `{ what, ok }` per check. `strict` also checks the wording. */
export async function askAll({ agents, models, strict }) {
  const checks = [];
  for (const question of AGENT_QUESTIONS) checks.push(...(await askAgents(agents, question, strict)));
  for (const question of MODEL_QUESTIONS) checks.push(...(await askModel(models, question, strict)));
  return checks;
}

async function askAgents(address, question, strict) {
  const { prompt, stream = false } = question;
  heading(`${stream ? 'Asked, streamed' : 'Asked'}: "${prompt}"`);
  let reason;
  const answer = await ask(address, { model: 'gpt-4o', stream, prompt }, async (headers, requestId) => {
    say(`  agents   ${bold(headers.get('x-outerloop-agents') ?? 'none named')}`);
    reason = await reasonInLog(requestId);
    say(`  because  ${reason ?? 'no reason found in the log'}`);
  });
  const named = (answer.headers['x-outerloop-agents'] ?? '').replaceAll(' ', '');
  return [
    ...report(prompt, answer, question.words, strict),
    check(`${prompt}: asks ${question.agents.join(', then ')}`, named === question.agents.join(','), `"${named}"`),
    check(`${prompt}: says why`, reason !== undefined, 'nothing in the log'),
    check(`${prompt}: a model phrased it`, !/_agent$/.test(answer.model ?? '_agent'), `model "${answer.model}"`),
  ];
}

async function askModel(address, { model, note, words }, strict) {
  heading(`Asked the model listener for ${model} (${note})`);
  const answer = await ask(address, { model, stream: false, prompt: 'Who are you?' }, (headers) => {
    say(`  model    ${bold(headers.get('x-outerloop-model') ?? 'none named')}`);
  });
  const named = answer.headers['x-outerloop-model'] ?? '';
  return [
    ...report(model, answer, words, strict),
    check(`${model}: x-outerloop-model names it`, named.includes(model), `"${named}"`),
  ];
}

/** Each decision is one line of the sidecar's log; `outerloop logs` shows it to anybody. */
async function reasonInLog(requestId) {
  for (let tries = 0; tries < 10; tries++) {
    const { stdout } = spawnSync(process.execPath, ['dist/cli/main.js', 'logs', CONFIG], { encoding: 'utf8' });
    const line = stdout.split('\n').find((each) => each.includes(requestId) && each.includes('agents chosen'));
    if (line !== undefined) return JSON.parse(line.slice(line.indexOf('{'))).reason;
    await sleep(100);
  }
  return undefined;
}

function report(label, answer, words, strict) {
  const checks = [
    check(
      `${label}: answered`,
      answer.status === 200 && answer.text !== '',
      `status ${answer.status} ${answer.problem ?? ''}`,
    ),
  ];
  if (answer.events !== undefined) {
    checks.push(
      check(
        `${label}: came as a stream`,
        answer.events > 2 && answer.done,
        `${answer.events} events, [DONE] ${answer.done}`,
      ),
    );
  }
  if (strict)
    for (const word of words)
      checks.push(check(`${label}: answer has ${word}`, word.test(answer.text), `"${answer.text}"`));
  return checks;
}

function check(what, ok, found) {
  if (!ok) say(`  ${cross} ${what}; found ${found}`);
  return { what, ok };
}

/** `onHeaders` prints what the headers say before the answer comes. */
async function ask(address, { model, stream, prompt }, onHeaders) {
  const startedAt = Date.now();
  const requestId = randomUUID();
  try {
    const response = await fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: prompt }] }),
      signal: AbortSignal.timeout(60_000),
    });
    await onHeaders(response.headers, requestId);
    const answer = stream && response.ok ? await readStream(response) : await readWhole(response);
    if (answer.events === undefined) say(`  answer   ${answer.text || answer.problem}`);
    say(
      `  ${answer.problem === undefined ? tick : cross} ${dim(`${response.status} after ${Date.now() - startedAt} ms`)}`,
    );
    return { status: response.status, headers: Object.fromEntries(response.headers), ...answer };
  } catch (error) {
    const problem = `${error.message} ${error.cause?.message ?? ''}`;
    return { status: 0, headers: {}, text: '', problem };
  }
}

async function readWhole(response) {
  const body = await response.text();
  try {
    const answer = JSON.parse(body);
    const text = answer.choices?.[0]?.message?.content ?? '';
    return text === '' ? { text, problem: body.slice(0, 300) } : { text, model: answer.model };
  } catch {
    return { text: '', problem: body.slice(0, 300) };
  }
}

/** Prints the text while it arrives. */
async function readStream(response) {
  const decoder = new TextDecoder();
  const answer = { text: '', model: undefined, events: 0, done: false };
  let rest = '';
  write('  answer   ');
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines.filter((each) => each.startsWith('data: '))) {
      if (line === 'data: [DONE]') {
        answer.done = true;
        continue;
      }
      const chunk = JSON.parse(line.slice(6));
      const text = chunk.choices?.[0]?.delta?.content ?? '';
      answer.events += 1;
      answer.model ??= chunk.model;
      answer.text += text;
      write(text);
    }
  }
  write('\n');
  return answer;
}
