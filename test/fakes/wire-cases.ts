import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectId, TranslateResponseContext, UpstreamApiId } from '../../src/wire/api';

/** One row of a case table under test/fixtures/wire. */
export interface WireCase {
  readonly name: string;
  readonly context?: Partial<TranslateResponseContext>;
  readonly input: unknown;
  readonly output: unknown;
  readonly warnings?: readonly string[];
}

export interface WireTable {
  readonly from: DialectId;
  readonly to: DialectId;
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
export function readTables(kind: 'requests' | 'answers' | 'errors'): readonly WireTable[] {
  return readdirSync(join(FOLDER, kind)).map((file) => {
    const [from, to] = file.replace(/\.json$/, '').split('-to-');
    const cases = JSON.parse(readFileSync(join(FOLDER, kind, file), 'utf8')) as readonly WireCase[];
    return { from: from as DialectId, to: to as DialectId, cases };
  });
}

export interface WireStream {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly name: string;
  /** What the upstream sends. */
  readonly input: Buffer;
  /** What the client gets. */
  readonly output: string;
  /** Where the expected output is kept, for whoever rewrites it. */
  readonly outputFile: string;
}

/** Streams: one folder per pair, `<name>.in.sse` and `<name>.out.sse`. */
export function readStreams(): readonly WireStream[] {
  const root = join(FOLDER, 'streams');
  return readdirSync(root).flatMap((pair) => {
    const [from, to] = pair.split('-to-');
    const inputs = readdirSync(join(root, pair)).filter((file) => file.endsWith('.in.sse'));
    return inputs.map((file) => {
      const outputFile = join(root, pair, file.replace('.in.', '.out.'));
      return {
        from: from as DialectId,
        to: to as DialectId,
        name: file.replace('.in.sse', ''),
        input: readFileSync(join(root, pair, file)),
        output: existsSync(outputFile) ? readFileSync(outputFile, 'utf8') : '',
        outputFile,
      };
    });
  });
}
