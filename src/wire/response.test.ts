import { describe, expect, it } from '@jest/globals';
import { geminiViolations } from '../../test/fakes/gemini-conformance';
import { responsesViolations } from '../../test/fakes/responses-conformance';
import { seededRandom, type SeededRandom } from '../../test/fakes/seeded-random';
import { chatViolations, completionsViolations, messagesViolations } from '../../test/fakes/stream-conformance';
import { readStreams, readTables, upstreamModelFor } from '../../test/fakes/wire-cases';
import type { DialectId, TranslateResponseContext, UpstreamApiId } from './api';
import { inlineRequestWire } from './request';
import { createResponseTranslator } from './response';
import { findUpstreamApi } from './upstream-registry';

function contextFor(
  upstream: UpstreamApiId,
  client: DialectId,
  overrides: Partial<TranslateResponseContext> = {},
): TranslateResponseContext {
  return {
    requestModel: 'asked',
    upstreamModel: upstreamModelFor(upstream),
    stream: false,
    includeUsage: true,
    client,
    upstream,
    status: 200,
    contentType: 'application/json',
    answerId: 'exchange',
    createdSeconds: 1_700_000_000,
    ...overrides,
  };
}

function translate(context: TranslateResponseContext, chunks: readonly Buffer[], cut = false): string {
  const translator = createResponseTranslator(context);
  const pieces = chunks.map((chunk) => translator.push(chunk));
  return Buffer.concat([...pieces, translator.end(cut)]).toString();
}

const bytesOf = (input: unknown): Buffer => Buffer.from(typeof input === 'string' ? input : JSON.stringify(input));

/** Both sides speak the same dialect, so answers are not rebuilt. */
const isNative = (upstream: UpstreamApiId, client: DialectId): boolean =>
  findUpstreamApi(upstream, client).dialect === client;

/** Rules of the client API that a stream breaks. */
function brokenRules(client: DialectId, text: string): readonly string[] {
  if (client === 'gemini.generate') return geminiViolations(text);
  if (client === 'openai.chat') return chatViolations(text, { includeUsage: true });
  if (client === 'openai.responses') return responsesViolations(text);
  if (client === 'openai.completions') return completionsViolations(text, { includeUsage: true });
  return client === 'anthropic.messages' ? messagesViolations(text) : [];
}

describe.each([...readTables('answers'), ...readTables('errors')])(
  'answers of $from for $to',
  ({ from, to, cases }) => {
    it.each(cases)('$name', ({ context: overrides, input, output }) => {
      const context = contextFor(from, to, overrides);
      const body = bytesOf(input);
      expect(JSON.parse(translate(context, [body]))).toEqual(output);
      const bytewise = Array.from(body, (byte) => Buffer.from([byte]));
      expect(JSON.parse(translate(context, bytewise))).toEqual(output);
      const translator = createResponseTranslator(context);
      expect(translator.status).toBe(context.status);
      expect(translator.contentType).toBe(
        context.stream && context.status === 200 ? 'text/event-stream' : 'application/json',
      );
    });
  },
);

describe.each(readStreams())('stream of $from for $to: $name', ({ from, to, input, output, completeAt }) => {
  const context = contextFor(from, to, { stream: true, contentType: 'text/event-stream' });

  it('becomes what the client expects', () => {
    expect(translate(context, [input])).toBe(output);
  });

  it('keeps the rules of the client API', () => {
    expect(brokenRules(to, output)).toEqual([]);
  });

  it('is the same for every cut into two', () => {
    for (let at = 0; at <= input.length; at += 1) {
      expect(translate(context, [input.subarray(0, at), input.subarray(at)])).toBe(output);
    }
  });

  it('is the same byte by byte and for random cuts', () => {
    expect(
      translate(
        context,
        Array.from(input, (byte) => Buffer.from([byte])),
      ),
    ).toBe(output);
    const random = seededRandom(7);
    for (let round = 0; round < 50; round += 1) expect(translate(context, randomCuts(input, random))).toBe(output);
  });

  it('ends with an error event when the connection breaks anywhere', () => {
    const step = Math.max(1, Math.floor(completeAt / 60));
    for (let at = 0; at < completeAt; at += step) {
      const text = translate(context, [input.subarray(0, at)], true);
      expect(text).toContain('"error"');
      expect(brokenRules(to, text)).toEqual([]);
    }
  });

  it('becomes the same answer for a client that did not ask for a stream', () => {
    // An upstream of the client's own API streams only when the client asked it to.
    if (isNative(from, to)) return;
    const buffered = translate(contextFor(from, to), [input]);
    expect(() => JSON.parse(buffered) as unknown).not.toThrow();
    const isError = output.includes('"error"');
    expect(buffered.includes('"error"')).toBe(isError);
  });
});

describe.each(readStreams())('damaged stream of $from for $to: $name', ({ from, to, input }) => {
  // What is not rebuilt may break after its message_delta; rebuilt streams send it last.
  it('never throws and keeps the rules of the client API', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 150; round += 1) {
      const damaged = Buffer.from(input);
      for (let hit = 0; hit <= random.below(4) && damaged.length > 0; hit += 1) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      const context = contextFor(from, to, { stream: true });
      // Damaged arguments are handed on as they came: they are the model's words.
      const allowed = ['arguments are not JSON', ...(isNative(from, to) ? ['not one message_delta'] : [])];
      const broken = brokenRules(to, translate(context, [damaged])).filter((rule) => !allowed.includes(rule));
      expect(broken).toEqual([]);
      if (isNative(from, to)) continue;
      expect(() => JSON.parse(translate(contextFor(from, to), [damaged])) as unknown).not.toThrow();
    }
  });
});

describe('byte order marks and blanks', () => {
  it('in front of JSON and of events change nothing', () => {
    const context = contextFor('openai.chat', 'anthropic.messages', { stream: true });
    const event = 'data: {"id":"c","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n';
    const plain = translate(context, [Buffer.from(event)]);
    expect(plain).toContain('"text":"x"');
    expect(translate(context, [Buffer.from(`\uFEFF${event}`)])).toBe(plain);
    expect(
      translate(
        context,
        Array.from(Buffer.from(`\uFEFF${event}`), (byte) => Buffer.from([byte])),
      ),
    ).toBe(plain);
    const json = ' \n{"id":"c","choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}';
    expect(translate(context, [Buffer.from(`\uFEFF${json}`)])).toContain('"text":"x"');
  });
});

describe('usage', () => {
  it('is not shown to a chat client that did not ask for it', () => {
    const stream = readStreams().find(({ from, name }) => from === 'anthropic.messages' && name === 'text');
    const context = contextFor('anthropic.messages', 'openai.chat', { stream: true, includeUsage: false });
    const text = translate(context, [stream?.input ?? Buffer.alloc(0)]);
    expect(text).not.toContain('usage');
    expect(chatViolations(text, { includeUsage: false })).toEqual([]);
  });
});

describe('renamed tools', () => {
  const toolNames = { a_b_12345678: 'a.b' };

  it('get their names back in answers and streams', () => {
    const json = '{"content":[{"type":"tool_use","id":"t","name":"a_b_12345678","input":{}}],"stop_reason":"tool_use"}';
    const buffered = translate(contextFor('anthropic.messages', 'openai.chat', { toolNames }), [Buffer.from(json)]);
    expect(buffered).toContain('"name":"a.b"');
    const streamed = translate(contextFor('anthropic.messages', 'openai.chat', { toolNames, stream: true }), [
      Buffer.from(
        'data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"a_b_12345678"}}\n\n',
      ),
    ]);
    expect(streamed).toContain('"name":"a.b"');
  });
});

describe('thinking', () => {
  it('survives the way to a chat client and back, signature and big numbers included', async () => {
    const content =
      '[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"r"},{"type":"text","text":"x"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"n":12345678901234567890}}]';
    const answer = Buffer.from(`{"type":"message","content":${content},"stop_reason":"tool_use"}`);
    const chat = JSON.parse(translate(contextFor('anthropic.messages', 'openai.chat'), [answer])) as {
      choices: { message: unknown }[];
    };
    const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' };
    const messages = [{ role: 'user', content: 'q' }, chat.choices[0]?.message, result];
    const request = Buffer.from(JSON.stringify({ messages }));
    const context = contextFor('anthropic.messages', 'openai.chat');
    const { body } = await inlineRequestWire.render('openai.chat', 'anthropic.messages', request, context);
    expect(body.toString()).toContain(`{"role":"assistant","content":${content}}`);
  });
});

describe('endless input', () => {
  it('ends with an error when an event never ends', () => {
    const translator = createResponseTranslator(contextFor('openai.chat', 'anthropic.messages', { stream: true }));
    translator.push(Buffer.from('data: '));
    const chunk = Buffer.alloc(1024 * 1024, 0x61);
    let text = '';
    for (let count = 0; count < 20; count += 1) text += translator.push(chunk).toString();
    text += translator.end(false).toString();
    expect(text).toContain('event: error');
    expect(text).toContain('too large');
    expect(text.match(/event: error/g)).toHaveLength(1);
  });

  it('accepts an event of 10 MB', () => {
    const content = 'x'.repeat(10 * 1024 * 1024);
    const event = `data: {"id":"c","choices":[{"delta":{"content":"${content}"},"finish_reason":"stop"}]}\n\n`;
    const text = translate(contextFor('openai.chat', 'anthropic.messages', { stream: true }), [Buffer.from(event)]);
    expect(text).toContain(content);
    expect(text).toContain('message_stop');
  });
});

describe('cut answers', () => {
  it('are errors when their JSON is not whole, and answers when it is', () => {
    const json = Buffer.from('{"id":"c","choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}');
    const context = contextFor('openai.chat', 'anthropic.messages');
    expect(translate(context, [json.subarray(0, 30)], true)).toContain('"type":"error"');
    expect(translate(context, [json], true)).toContain('"text":"x"');
  });
});

describe('the same API on both sides', () => {
  it('passes every byte', () => {
    const body = Buffer.from('data: {"any": 1.0}\r\n\r\n');
    const context = contextFor('openai.chat', 'openai.chat', {
      stream: true,
      contentType: 'text/event-stream; charset=utf-8',
    });
    const translator = createResponseTranslator(context);
    expect(translator.push(body)).toBe(body);
    expect(translator.end(false)).toHaveLength(0);
    expect(translator.contentType).toBe('text/event-stream; charset=utf-8');
  });

  it('adds an error event to a stream that breaks, and nothing to a body that does', () => {
    const stream = contextFor('anthropic.messages', 'anthropic.messages', { contentType: 'text/event-stream' });
    expect(translate(stream, [Buffer.from('event: ping\n')], true)).toContain('event: error\ndata: {"type":"error"');
    expect(translate(contextFor('openai.chat', 'openai.chat'), [Buffer.from('{')], true)).toBe('{');
  });
});

describe('what cannot be translated', () => {
  it('is refused for APIs without a codec', () => {
    expect(() => createResponseTranslator(contextFor('openai.images', 'openai.chat'))).toThrow(
      expect.objectContaining({ code: 'unsupported_translation' }),
    );
  });

  it('passes answers without a body', () => {
    expect(translate(contextFor('openai.chat', 'anthropic.messages', { status: 204 }), [])).toBe('');
  });
});

function randomCuts(input: Buffer, random: SeededRandom): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < input.length;) {
    const end = at + 1 + random.below(90);
    chunks.push(input.subarray(at, end));
    at = end;
  }
  return chunks;
}
