import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { clientApiIds, GatewayError, isClientApiId, isUpstreamApiId, upstreamApiIds } from '../../wire';
import { CommandFailure, messageOf } from '../failure';
import type { Terminal } from '../terminal';
import { translate, type TranslationJob, type TranslationKind, type TranslationResult } from '../translation';
import { translateBatch } from '../translation-batch';
import { defineVerb } from './verb';

interface TranslateOptions {
  readonly from?: string;
  readonly to?: string;
  readonly response?: true;
  readonly stream?: true;
  readonly error?: true;
  readonly batch?: true;
  readonly model?: string;
  readonly upstreamModel?: string;
  readonly status?: number;
  readonly includeUsage?: true;
  readonly header?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly project?: string;
  readonly apiVersion?: string;
  readonly vendor?: string;
}

const EXAMPLES = `
Examples:
  $ outerloop translate request.json --from openai.chat --to anthropic.messages
  $ outerloop translate --from anthropic.messages --to bedrock.converse --region us-east-1 < request.json
  $ outerloop translate answer.json --from openai.chat --to anthropic.messages --response
  $ outerloop translate events.bin --from openai.chat --to bedrock.converse --stream --model nova-pro
  $ outerloop translate error.json --from anthropic.messages --to vertex.gemini --error --status 429
  $ outerloop translate --batch < jobs.ndjson > results.ndjson

--from is always the API of the client, --to that of the upstream: with --response, --stream and --error the input is
what the upstream sent and the output what the client gets. The body goes to standard output; path, headers and what
could not be carried over go to standard error.

APIs of clients:   ${clientApiIds().join(' ')}
APIs of upstreams: ${upstreamApiIds().join(' ')}`;

export const verb = defineVerb<TranslateOptions>({
  id: 'translate',
  group: 'Look',
  summary: 'show how a request or an answer looks in another API',
  declare(command) {
    command
      .argument('[file]', 'body to translate (default: standard input)')
      .option('--from <api>', 'API that the client speaks')
      .option('--to <api>', 'API that the upstream speaks')
      .option('--response', "the input is the upstream's complete answer")
      .option('--stream', "the input is the upstream's stream")
      .option('--error', "the input is the upstream's error body")
      .option('--model <name>', 'model that the client asked for, where the body does not say')
      .option('--upstream-model <name>', 'model to send upstream instead')
      .option('--status <code>', "status of the upstream's answer", readStatus)
      .option('--include-usage', 'the client asked for usage in its stream')
      .option('--header <name:value>', 'header of the input, may be repeated', addHeader)
      .option('--region <region>', 'region of AWS or Google Cloud')
      .option('--project <project>', 'Google Cloud project')
      .option('--api-version <version>', 'Azure: v1, preview or a date')
      .option('--vendor <id>', 'vendor behind an API that many speak (groq, mistral, ...)')
      .option('--batch', 'read NDJSON jobs, write one line for each')
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [file], options }) {
    if (options.batch === true) {
      const input = file === undefined ? terminal.input() : [await readBody(file, terminal)];
      for await (const line of translateBatch(asStream(input))) {
        terminal.out(`${line}\n`);
        await terminal.flushed();
      }
      return 0;
    }
    const job = jobFrom(options, await readBody(file, terminal));
    show(await translated(job), terminal);
    return 0;
  },
});

async function* asStream(chunks: AsyncIterable<Buffer> | readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function jobFrom(options: TranslateOptions, input: Buffer): TranslationJob {
  const { from, to, response, stream, error } = options;
  if (from === undefined || !isClientApiId(from)) throw unknownApi('--from', from, clientApiIds());
  if (to === undefined || !isUpstreamApiId(to)) throw unknownApi('--to', to, upstreamApiIds());
  const kinds: TranslationKind[] = [
    ...(response ? ['response' as const] : []),
    ...(stream ? ['stream' as const] : []),
    ...(error ? ['error' as const] : []),
  ];
  if (kinds.length > 1) {
    throw new CommandFailure('--response, --stream and --error exclude each other.', {
      fix: 'Keep the one that says what the input is.',
      exitCode: 2,
    });
  }
  const kind = kinds[0] ?? 'request';
  return { kind, client: from, upstream: to, input, cuts: [], options: optionsFor(kind, options) };
}

function optionsFor(kind: TranslationKind, given: TranslateOptions): TranslationJob['options'] {
  const { model, upstreamModel, status, includeUsage, header, region, project, apiVersion, vendor } = given;
  return {
    ...(model === undefined ? {} : { requestModel: model }),
    ...(upstreamModel === undefined ? {} : { modelOverride: upstreamModel }),
    ...(status === undefined ? {} : { status }),
    ...(includeUsage === undefined ? {} : { includeUsage }),
    ...(header === undefined ? {} : { [kind === 'request' ? 'requestHeaders' : 'responseHeaders']: header }),
    ...(region === undefined ? {} : { region }),
    ...(project === undefined ? {} : { project }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(vendor === undefined ? {} : { upstreamVendor: vendor }),
  };
}

async function translated(job: TranslationJob): Promise<TranslationResult> {
  try {
    return await translate(job);
  } catch (reason) {
    if (!(reason instanceof GatewayError)) throw reason;
    throw new CommandFailure(reason.message, {
      fix: reason.hint,
      details: [`${reason.code}, status ${reason.status}`],
      cause: reason,
    });
  }
}

function show({ output, path, headers, warnings }: TranslationResult, terminal: Terminal): void {
  const { dim, yellow } = terminal.errColors;
  if (path !== undefined) terminal.err(`${dim(`POST ${path}`)}\n`);
  for (const [name, value] of Object.entries(headers)) terminal.err(`${dim(`${name}: ${value}`)}\n`);
  for (const warning of warnings) terminal.err(`${yellow('warning:')} ${warning}\n`);
  terminal.out(output.toString('utf8'));
  if (!output.toString('latin1').endsWith('\n')) terminal.out('\n');
}

async function readBody(file: string | undefined, terminal: Terminal): Promise<Buffer> {
  if (file === undefined) {
    const chunks: Buffer[] = [];
    for await (const chunk of terminal.input()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  try {
    return await readFile(resolve(terminal.folder, file));
  } catch (reason) {
    throw new CommandFailure(`Cannot read ${file}: ${messageOf(reason)}`, { cause: reason });
  }
}

function unknownApi(option: string, given: string | undefined, known: readonly string[]): CommandFailure {
  return new CommandFailure(given === undefined ? `${option} is missing.` : `${option} ${given} is no API.`, {
    fix: `Name one of: ${known.join(', ')}`,
    exitCode: 2,
  });
}

function readStatus(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 100 || status > 599) throw new InvalidArgumentError('Use an HTTP status.');
  return status;
}

function addHeader(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('Use NAME:VALUE.');
  return { ...earlier, [text.slice(0, colon).trim().toLowerCase()]: text.slice(colon + 1).trim() };
}
