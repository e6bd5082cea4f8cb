import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { awsMessage } from '../../../test/fakes/aws-messages';
import { fakeTerminal, type FakeTerminal } from '../../../test/fakes/terminal';
import { runProgram } from '../program';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'translate-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const piped = (input: Buffer | string): FakeTerminal => fakeTerminal(folder, {}, [Buffer.from(input)]);

const translate = (terminal: FakeTerminal, ...argv: string[]): Promise<number> =>
  runProgram(['translate', ...argv], terminal);

describe('translate', () => {
  it('prints the body, and beside it where it goes and what was lost', async () => {
    const terminal = piped('{"model":"c","seed":7,"messages":[{"role":"user","content":"Hi"}]}');
    const place = ['--region', 'us-east5', '--project', 'p', '--upstream-model', 'claude-opus-4-6'];
    expect(await translate(terminal, '--from', 'openai.chat', '--to', 'vertex.anthropic', ...place)).toBe(0);
    expect(JSON.parse(terminal.printed.out)).toMatchObject({ anthropic_version: 'vertex-2023-10-16' });
    expect(terminal.printed.err).toBe(
      'POST /v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-6:rawPredict\n' +
        'warning: "seed" has no counterpart in the other API and was left out.\n',
    );
  });

  it('reads a binary stream from a file', async () => {
    const chunks = [
      { type: 'message_start', message: { id: 'm', model: 'claude' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hé' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ];
    await writeFile(join(folder, 'events.bin'), Buffer.concat(chunks.map((chunk) => awsMessage({ chunk }))));
    const terminal = piped('');
    const argv = ['events.bin', '--from', 'openai.chat', '--to', 'bedrock.invoke.anthropic', '--stream'];
    expect(await translate(terminal, ...argv)).toBe(0);
    expect(terminal.printed.out).toContain('"content":"Hé"');
    expect(terminal.printed.out).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('reads errors with the header that names them', async () => {
    const terminal = piped('{"message":"Slow down"}');
    const header = ['--header', 'X-Amzn-ErrorType: ThrottlingException:http://x'];
    const pair = ['--from', 'anthropic.messages', '--to', 'bedrock.converse'];
    expect(await translate(terminal, ...pair, '--error', ...header)).toBe(0);
    expect(JSON.parse(terminal.printed.out)).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Slow down' },
    });
  });

  it('answers jobs line by line', async () => {
    const job = { id: 1, kind: 'request', client_api: 'openai.chat', upstream_api: 'openai.chat', encoding: 'json' };
    const input = { model: 'm', messages: [] };
    const terminal = piped(`${JSON.stringify({ ...job, input })}\nnot a job\n`);
    expect(await translate(terminal, '--batch')).toBe(0);
    const lines = terminal.printed.out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual([1, null]);
  });

  it.each([
    [['--from', 'openai.chat'], 2, /--to is missing/],
    [['--from', 'openai.chats', '--to', 'openai.chat'], 2, /--from openai.chats is no API/],
    [['--from', 'bedrock.converse', '--to', 'openai.chat'], 2, /--from bedrock.converse is no API/],
    [['--from', 'openai.chat', '--to', 'openai.chat', '--stream', '--error'], 2, /exclude each other/],
    [['--from', 'openai.chat', '--to', 'openai.chat', '--status', '9'], 2, /HTTP status/],
    [['missing.json', '--from', 'openai.chat', '--to', 'openai.chat'], 1, /Cannot read missing.json/],
    [['--from', 'openai.chat', '--to', 'openai.chat'], 1, /not valid JSON[^]*invalid_json, status 400/],
  ])('explains %j', async (argv, exitCode, message) => {
    const terminal = piped('{"input": "x"');
    expect(await translate(terminal, ...argv)).toBe(exitCode);
    expect(terminal.printed.err).toMatch(message);
  });

  it('says which pairs do not exist', async () => {
    const terminal = piped('{"model":"m","input":"x"}');
    expect(await translate(terminal, '--from', 'openai.embeddings', '--to', 'openai.chat')).toBe(1);
    expect(terminal.printed.err).toContain('unsupported_translation, status 400');
  });
});
