import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectId, TranslateResponseContext, UpstreamApiId } from '../../src/wire/api';
import { awsMessage, type AwsMessage } from './aws-messages';

/** One row of a case table under test/fixtures/wire. */
export interface WireCase {
  readonly name: string;
  readonly context?: Partial<TranslateResponseContext>;
  readonly input: unknown;
  readonly output: unknown;
  readonly warnings?: readonly string[];
  /** Requests: where the call goes, and the headers that it must have; not looked at when absent. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `from` sent the inputs, `to` gets the outputs: an upstream API on one side, a client API on the other. */
export interface WireTable<From, To> {
  readonly from: From;
  readonly to: To;
  readonly cases: readonly WireCase[];
}

const FOLDER = join(__dirname, '..', 'fixtures', 'wire');

/** Model name the tables expect upstream when a case names none. */
export function upstreamModelFor(api: UpstreamApiId): string {
  if (api.includes('anthropic')) return 'claude-sonnet-4-5';
  if (api.includes('gemini')) return 'gemini-2.5-flash';
  if (api.includes('cohere')) return 'command-a-03-2025';
  return api === 'bedrock.converse' ? 'anthropic.claude-sonnet-4-5-20250929-v1:0' : 'gpt-4o';
}

/** Tables of a kind; the file name says the pair: `openai.chat-to-anthropic.messages.json`. */
export function readTables(kind: 'requests'): readonly WireTable<DialectId, UpstreamApiId>[];
export function readTables(kind: 'answers' | 'errors'): readonly WireTable<UpstreamApiId, DialectId>[];
export function readTables(kind: string): readonly WireTable<string, string>[] {
  return readdirSync(join(FOLDER, kind)).map((file) => {
    const [from = '', to = ''] = file.replace(/\.json$/, '').split('-to-');
    const cases = JSON.parse(readFileSync(join(FOLDER, kind, file), 'utf8')) as readonly WireCase[];
    return { from, to, cases };
  });
}

export interface WireStream {
  readonly from: UpstreamApiId;
  readonly to: DialectId;
  readonly name: string;
  /** What the upstream sends. */
  readonly input: Buffer;
  /** Bytes of the input after which nothing that matters comes; a connection that breaks earlier cut the answer short. */
  readonly completeAt: number;
  /** What the client gets. */
  readonly output: string;
  /** Where the expected output is kept, for whoever rewrites it. */
  readonly outputFile: string;
}

const AWS_INPUT = '.in.aws.json';

/**
 * Streams: one folder per pair, `<name>.out.sse` beside `<name>.in.sse`, or beside `<name>.in.aws.json` for AWS's binary
 * framing: a list of `{event, payload}`, `{chunk}` (what InvokeModel wraps) and `{exception, payload}`.
 */
export function readStreams(): readonly WireStream[] {
  const root = join(FOLDER, 'streams');
  return readdirSync(root).flatMap((pair) => {
    const [from, to] = pair.split('-to-');
    const inputs = readdirSync(join(root, pair)).filter((file) => file.includes('.in.'));
    return inputs.map((file) => {
      const name = file.replace(/\.in\..*$/, '');
      const outputFile = join(root, pair, `${name}.out.sse`);
      const bytes = readFileSync(join(root, pair, file));
      const read = file.endsWith(AWS_INPUT) ? awsInput(bytes) : { input: bytes, completeAt: sseCompleteAt(bytes) };
      return {
        from: from as UpstreamApiId,
        to: to as DialectId,
        name,
        ...read,
        output: existsSync(outputFile) ? readFileSync(outputFile, 'utf8') : '',
        outputFile,
      };
    });
  });
}

function awsInput(bytes: Buffer): Pick<WireStream, 'input' | 'completeAt'> {
  const messages = (JSON.parse(bytes.toString('utf8')) as readonly AwsMessage[]).map(awsMessage);
  const input = Buffer.concat(messages);
  return { input, completeAt: input.length - (messages.at(-1)?.length ?? 0) + 1 };
}

/** Offset of the terminal event, or the last byte that matters. */
function sseCompleteAt(input: Buffer): number {
  const words = ['data: [DONE]', 'data: {"type":"message_stop"', 'data: {"type":"response.completed"', '"error":{'];
  const places = words.map((word) => input.indexOf(word)).filter((place) => place >= 0);
  return Math.min(...places, Math.max(0, input.lastIndexOf('}')));
}
