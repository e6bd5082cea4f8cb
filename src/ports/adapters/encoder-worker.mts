/**
 * Worker thread of the sentence encoder: tokenizer and ONNX session, one text per inference.
 *
 * An ES module that needs nothing of ours at run time, so that Node runs it as it is from `src` (types stripped) and the
 * compiled form from `dist`. `encoder-onnx.ts` starts it; nobody else imports it, except its test.
 *
 * One text per inference because activations are quantised per tensor: in a larger batch a text's vector would depend on
 * its neighbours. One thread per inference because the sidecar shares its cores with Envoy.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import type { EncoderReply, EncoderRequest, EncoderWorkerData, ModelCard, SelfTestCase } from './encoder-messages.js';

/** Below this the arithmetic of this processor (int8 saturation) or the file is not what the thresholds were measured with. */
const SELF_TEST_MIN_COSINE = 0.95;

/** Spelled exactly so, these would become control tokens of the model; the vocabulary is lower case, so nothing is lost. */
const SPECIAL_TOKENS = /\[(?:CLS|SEP|MASK|PAD|UNK)\]/g;

type Encode = (text: string) => Promise<Float32Array<ArrayBuffer>>;
type Tokenise = (text: string) => number[];

/** The part of `@huggingface/tokenizers` used here: its own declarations do not resolve from an ES module. */
interface TokenizerLibrary {
  readonly Tokenizer: new (tokenizer: object, config: object) => { encode(text: string): { ids: number[] } };
}

/** Reads a file of the model folder and refuses it when its checksum is not the one on the card. */
async function readChecked(directory: string, file: string, card: ModelCard): Promise<Buffer> {
  const bytes = await readFile(join(directory, file));
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== card.sha256[file]) {
    throw new Error(`${file} has checksum ${digest}, expected ${card.sha256[file] ?? 'none'}; restore the file`);
  }
  return bytes;
}

/**
 * Text to token ids: ordinary text only (no control tokens from the outside), at most `card.maxTokens` ids, always ending
 * with the separator. The tokenizer library itself neither truncates nor neutralises.
 */
export async function loadTokeniser(directory: string, card: ModelCard): Promise<Tokenise> {
  const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as TokenizerLibrary;
  const parse = async (file: string): Promise<object> =>
    JSON.parse((await readChecked(directory, file, card)).toString('utf8')) as object;
  const tokenizer = new Tokenizer(await parse('tokenizer.json'), await parse('tokenizer_config.json'));
  return (text) => {
    const ordinary = text.replace(SPECIAL_TOKENS, (token) => token.toLowerCase());
    const { ids } = tokenizer.encode(ordinary);
    return ids.length <= card.maxTokens ? ids : [...ids.slice(0, card.maxTokens - 1), card.separatorId];
  };
}

async function loadSession(directory: string, card: ModelCard): Promise<InferenceSession> {
  const { InferenceSession } = (await import('onnxruntime-node')).default;
  return InferenceSession.create(await readChecked(directory, card.file, card), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

async function createEncode(session: InferenceSession, tokenise: Tokenise): Promise<Encode> {
  const { Tensor } = (await import('onnxruntime-node')).default;
  return async (text) => {
    const ids = tokenise(text);
    const shape = [1, ids.length];
    const output = await session.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
    });
    // A copy: the runtime owns the tensor's memory, and this one is handed over to the main thread.
    return new Float32Array(output['embedding']?.data as Float32Array);
  };
}

async function selfTest(cases: readonly SelfTestCase[], tokenise: Tokenise, encode: Encode): Promise<void> {
  for (const { text, ids, vector } of cases) {
    if (tokenise(text).join() !== ids.join()) {
      throw new Error(`self-test: other token ids than stored for ${JSON.stringify(text)}`);
    }
    const bytes = Buffer.from(vector, 'base64');
    const actual = await encode(text);
    const cosine = actual.reduce((sum, value, index) => sum + value * bytes.readFloatLE(index * 4), 0);
    if (!(cosine > SELF_TEST_MIN_COSINE)) {
      throw new Error(`self-test: cosine ${cosine.toFixed(3)} with the stored vector of ${JSON.stringify(text)}`);
    }
  }
}

async function run(port: MessagePort, { modelDirectory, card }: EncoderWorkerData): Promise<void> {
  const reply = (message: EncoderReply): void => {
    port.postMessage(message, message.kind === 'vector' ? [message.vector.buffer] : []);
  };
  let session: InferenceSession;
  let encode: Encode;
  try {
    const tokenise = await loadTokeniser(modelDirectory, card);
    session = await loadSession(modelDirectory, card);
    encode = await createEncode(session, tokenise);
    await selfTest(card.selfTest, tokenise, encode);
  } catch (error) {
    reply({ kind: 'unusable', reason: error instanceof Error ? error.message : String(error) });
    port.close();
    return;
  }
  // Inference of one message ends before the next begins: `last` is the tail of the line.
  let last: Promise<void> = Promise.resolve();
  const handle = async (request: EncoderRequest): Promise<void> => {
    if (request.kind === 'close') {
      await session.release();
      port.close();
      return;
    }
    try {
      reply({ kind: 'vector', id: request.id, vector: await encode(request.text) });
    } catch (error) {
      reply({ kind: 'failed', id: request.id, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  port.on('message', (request: EncoderRequest) => {
    last = last.then(() => handle(request));
  });
  reply({ kind: 'ready' });
}

const data = workerData as EncoderWorkerData | null;
// Not awaited: should it reject, the thread dies of it and the main thread hears the reason.
if (parentPort !== null && data?.role === 'outerloop-encoder') void run(parentPort, data);
