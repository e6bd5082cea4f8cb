import { afterAll, describe, expect, it } from '@jest/globals';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { inlineRequestWire, type TranslateContext } from '../../wire';
import { createRequestWire } from './request-wire-worker';

const context: TranslateContext = { requestModel: 'a', upstreamModel: 'b', stream: false, includeUsage: false };
const body = (text: string): Buffer => Buffer.from(text);
const chat = (content: string): string => JSON.stringify({ model: 'a', messages: [{ role: 'user', content }] });

describe('request wire', () => {
  const wire = createRequestWire({ offloadBytes: 64 });
  const large = body(chat('x'.repeat(200)));
  afterAll(() => wire.close());

  it('gives the same results on the thread as inline', async () => {
    expect(await wire.inspect('openai.chat', large)).toEqual(await inlineRequestWire.inspect('openai.chat', large));
    for (const to of ['openai.chat', 'anthropic.messages'] as const) {
      const rendered = await wire.render('openai.chat', to, large, context);
      const expected = await inlineRequestWire.render('openai.chat', to, large, context);
      expect(rendered.body.toString()).toBe(expected.body.toString());
      expect(rendered.warnings).toEqual(expected.warnings);
    }
    const answers = [{ name: 'n', text: 't' }];
    const spliced = await wire.withEarlierAnswers(large, answers);
    expect(spliced.equals(await inlineRequestWire.withEarlierAnswers(large, answers))).toBe(true);
    expect(large.toString()).toBe(chat('x'.repeat(200)));
  });

  it('returns the same Buffer when nothing changes', async () => {
    const { body: rendered } = await wire.render('openai.chat', 'openai.chat', large, {
      ...context,
      upstreamModel: 'a',
    });
    expect(rendered).toBe(large);
  });

  it('reports errors as inline does', async () => {
    const broken = body(`{"messages":5,"x":"${'y'.repeat(100)}"}`);
    await expect(wire.inspect('openai.chat', broken)).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'invalid_request',
      status: 400,
      param: 'messages',
    });
    await expect(wire.render('openai.chat', 'openai.images', large, context)).rejects.toMatchObject({
      code: 'unsupported_translation',
    });
  });

  it('keeps many bodies apart', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(100));
    const facts = await Promise.all(texts.map((text) => wire.inspect('openai.chat', body(chat(text)))));
    expect(facts.map((fact) => fact.conversation[0]?.text)).toEqual(texts);
  });
});

describe('a thread that dies', () => {
  it('fails what was pending and is replaced', async () => {
    let started = 0;
    const startWorker = (): Worker => {
      started += 1;
      return new Worker(DYING_THREAD, { eval: true });
    };
    const wire = createRequestWire({ offloadBytes: 1, startWorker });
    await expect(wire.inspect('openai.chat', body('die'))).rejects.toMatchObject({ code: 'internal' });
    await expect(wire.inspect('openai.chat', body('live'))).rejects.toMatchObject({ code: 'no_agent' });
    expect(started).toBe(2);
    await wire.close();
  });

  it('fails what is pending when the wire closes, and everything after', async () => {
    const wire = createRequestWire({
      offloadBytes: 1,
      startWorker: () => new Worker('setInterval(() => {}, 1000)', { eval: true }),
    });
    const pending = expect(wire.inspect('openai.chat', body('x'))).rejects.toMatchObject({ code: 'internal' });
    await new Promise((resolve) => setImmediate(resolve));
    await wire.close();
    await pending;
    await expect(wire.inspect('openai.chat', body('x'))).rejects.toMatchObject({ code: 'internal' });
  });

  it('refuses more than fits into the queue', async () => {
    const wire = createRequestWire({
      offloadBytes: 1,
      maxPendingBytes: 10,
      startWorker: () => new Worker('setInterval(() => {}, 1000)', { eval: true }),
    });
    const first = expect(wire.inspect('openai.chat', body('a body larger than the queue'))).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(wire.inspect('openai.chat', body('y'))).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    await wire.close();
    await first;
  });
});

describe('a body of 20 MB', () => {
  const large = manySmallValues();

  it('hardly holds up the event loop', async () => {
    const wire = createRequestWire();
    await wire.inspect('openai.chat', body(chat('x'.repeat(300_000))));
    const inline = await blocking(() => inlineRequestWire.inspect('openai.chat', large));
    const offloaded = await blocking(async () => {
      await wire.inspect('openai.chat', large);
      await wire.render('openai.chat', 'openai.chat', large, context);
    });
    console.log(
      `${(large.length / 1e6).toFixed(1)} MB: longest tick ${offloaded.longestMs.toFixed(1)} ms and ${offloaded.cpuMs.toFixed(0)} ms of the main thread's CPU on the thread, ${inline.longestMs.toFixed(1)} ms and ${inline.cpuMs.toFixed(0)} ms inline`,
    );
    // Other work may share the cores, so the bounds compare instead of naming milliseconds.
    expect(offloaded.cpuMs).toBeLessThan(inline.cpuMs / 2);
    expect(offloaded.longestMs).toBeLessThan(inline.longestMs);
    await wire.close();
  });
});

/** Parsing this inline takes hundreds of milliseconds. Only the bytes are kept, so that no test heap slows the collector. */
function manySmallValues(): Buffer {
  const message = (index: number): object => ({
    role: 'user',
    content: `message ${index}`,
    n: [index, { a: null, b: 'c"d' }],
  });
  return body(JSON.stringify({ messages: Array.from({ length: 270_000 }, (_, index) => message(index)), model: 'a' }));
}

async function blocking(work: () => Promise<unknown>): Promise<{ longestMs: number; cpuMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.disable();
  return { longestMs: delay.max / 1e6, cpuMs: (user + system) / 1000 };
}

/** Dies on the first body of three bytes, answers others with an error of its own. */
const DYING_THREAD = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id, body }) => {
  if (body.byteLength === 3) process.exit(3);
  parentPort.postMessage({ id, failure: { code: 'no_agent', message: 'alive', options: {} } });
});
`;
