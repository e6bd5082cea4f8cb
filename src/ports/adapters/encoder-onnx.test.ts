import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Encoder } from '../encoder';
import type { ModelCard } from './encoder-messages';
import { findModelDirectory, readModelCard } from './encoder-model';
import { createOnnxEncoder } from './encoder-onnx';

const MODEL = findModelDirectory();

async function embedOne(encoder: Encoder, text: string): Promise<Float32Array> {
  const [vector] = await encoder.embed([text]);
  if (vector === undefined) throw new Error('no vector');
  return vector;
}

function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

describe('vectors', () => {
  const encoder = createOnnxEncoder();
  beforeAll(() => encoder.ready());
  afterAll(() => encoder.close());

  it.each(readModelCard(MODEL).selfTest.map(({ text, vector }) => [text, vector]))(
    'equal the reference for "%s"',
    async (text, stored) => {
      const bytes = Buffer.from(stored, 'base64');
      const reference = Float32Array.from({ length: 384 }, (_, index) => bytes.readFloatLE(index * 4));
      const vector = await embedOne(encoder, text);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      expect(cosine(vector, reference)).toBeGreaterThan(0.95);
    },
  );

  it('do not depend on what is encoded beside them', async () => {
    const alone = createOnnxEncoder();
    const lonely = await embedOne(alone, 'weather in Oslo');
    await alone.close();
    const [, among] = await encoder.embed(['a much longer text about something else entirely', 'weather in Oslo', 'x']);
    expect(among).toEqual(lonely);
  });

  it('keep the order of the texts, repeated and known ones included', async () => {
    const [first, second, again] = await encoder.embed(['flights', 'hotels', 'flights']);
    expect(again).toBe(first);
    expect(cosine(first ?? new Float32Array(), second ?? new Float32Array())).toBeLessThan(0.9);
    expect(await embedOne(encoder, 'flights')).toBe(first);
    expect(await encoder.embed([])).toEqual([]);
  });

  it('of a text of 2 MB cost what a long text costs', async () => {
    const start = performance.now();
    const vector = await embedOne(encoder, `weather ${'x'.repeat(1_000_000)} ${'word '.repeat(200_000)}`);
    expect(vector).toHaveLength(384);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});

describe('the line', () => {
  it('refuses more than it can hold, and works on', async () => {
    const encoder = createOnnxEncoder({ maxQueued: 4 });
    const accepted = encoder.embed(['1', '2', '3', '4']);
    await expect(encoder.embed(['5'])).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    expect(await accepted).toHaveLength(4);
    expect(await encoder.embed(['5'])).toHaveLength(1);
    await encoder.close();
  });

  it('drops what was given up', async () => {
    const encoder = createOnnxEncoder({ maxQueued: 4 });
    const aborter = new AbortController();
    const givenUp = encoder.embed(['1', '2', '3', '4'], aborter.signal);
    aborter.abort(new Error('client is gone'));
    await expect(givenUp).rejects.toThrow('client is gone');
    // There is room again although the model is still loading.
    expect(await encoder.embed(['5', '6', '7', '8'])).toHaveLength(4);
    await expect(encoder.embed(['9'], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await encoder.close();
  });

  it('rejects what waits when it closes, and everything after', async () => {
    const encoder = createOnnxEncoder();
    const waiting = encoder.embed(['1']);
    const closed = encoder.close();
    await expect(waiting).rejects.toMatchObject({ code: 'not_ready' });
    await expect(encoder.ready()).rejects.toMatchObject({ code: 'not_ready' });
    await closed;
    await expect(encoder.embed(['2'])).rejects.toMatchObject({ code: 'not_ready' });
    await encoder.close();
  });
});

describe('a thread that dies', () => {
  it('fails what it had, comes back and answers again', async () => {
    const threads: Worker[] = [];
    const encoder = createOnnxEncoder({
      startWorker: (data) => {
        const thread = new Worker(join(__dirname, 'encoder-worker.mts'), { workerData: data });
        threads.push(thread);
        return thread;
      },
    });
    await encoder.ready();
    const pending = encoder.embed(Array.from({ length: 50 }, (_, index) => `question ${index}`));
    const outcome = expect(pending).rejects.toMatchObject({ code: 'not_ready' });
    await threads[0]?.terminate();
    await outcome;
    await expect(encoder.embed(['while it is down'])).rejects.toMatchObject({ code: 'not_ready' });
    const recovered = await eventually(() => encoder.embed(['after the crash']));
    expect(recovered).toHaveLength(1);
    expect(threads).toHaveLength(2);
    await encoder.close();
  });
});

describe('a model that cannot be trusted', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  /** A folder with the committed files and a changed card. */
  function withCard(change: (card: ModelCard) => Partial<ModelCard>): string {
    const folder = mkdtempSync(join(tmpdir(), 'outerloop-encoder-'));
    folders.push(folder);
    const card = readModelCard(MODEL);
    for (const file of Object.keys(card.sha256)) symlinkSync(join(MODEL, file), join(folder, file));
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...card, ...change(card) }));
    return folder;
  }

  it.each<[string, (card: ModelCard) => Partial<ModelCard>, string]>([
    [
      'another checksum',
      ({ sha256 }) => ({ sha256: { ...sha256, 'minilm-l6-v2.int8.onnx': 'f'.repeat(64) } }),
      'minilm-l6-v2.int8.onnx has checksum',
    ],
    [
      'another vector',
      ({ selfTest: [first, second] }) => ({
        selfTest: first && second ? [{ ...first, vector: second.vector }] : [],
      }),
      'self-test: cosine',
    ],
    [
      'other token ids',
      ({ selfTest: [first] }) => ({ selfTest: first ? [{ ...first, ids: [101, 102] }] : [] }),
      'self-test: other token ids',
    ],
    ['a missing file', () => ({ file: 'gone.onnx' }), 'gone.onnx'],
  ])('is refused at start: %s', async (_, change, message) => {
    const encoder = createOnnxEncoder({ modelDirectory: withCard(change) });
    await expect(encoder.ready()).rejects.toThrow(message);
    await expect(encoder.embed(['text'])).rejects.toMatchObject({ code: 'not_ready' });
    await encoder.close();
  });

  it('names a folder without a card', () => {
    expect(() => createOnnxEncoder({ modelDirectory: join(tmpdir(), 'nowhere') })).toThrow('model.json');
    expect(() => findModelDirectory(tmpdir())).toThrow('The sentence encoder is missing');
  });
});

describe('the committed model', () => {
  it('has its checksums in PROVENANCE.md too', () => {
    const provenance = readFileSync(join(MODEL, 'PROVENANCE.md'), 'utf8');
    for (const [file, digest] of Object.entries(readModelCard(MODEL).sha256)) {
      expect(provenance).toContain(`| \`${file}\` | \`${digest}\` |`);
    }
  });
});

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
