import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../wire/errors';
import { createLog } from './log-pino';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outerloop-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Logs one line to a file and gives back what was written. */
function written(fields: object, message = 'message', pretty = false): string {
  const destination = path.join(folder, 'logs', 'sidecar.log');
  createLog({ level: 'debug', destination, pretty }).info(fields, message);
  return readFileSync(destination, 'utf8');
}

function entry(fields: object, message?: string): Record<string, unknown> {
  const lines = written(fields, message).trimEnd().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
}

describe('log lines', () => {
  it('are JSON with level, time, message and fields, in a private file', () => {
    expect(entry({ listener: 'travel', attempt: 2 }, 'chosen')).toEqual({
      level: 30,
      time: expect.any(Number),
      listener: 'travel',
      attempt: 2,
      msg: 'chosen',
    });
    expect(statSync(path.join(folder, 'logs', 'sidecar.log')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['debug', 4],
    ['INFO', 3],
    ['warning', 2],
    ['error', 1],
    ['silent', 0],
    ['nonsense', 4], // info, and a line that says so
  ])('below level %s are left out', (level, lines) => {
    const destination = path.join(folder, 'level.log');
    const log = createLog({ level, destination });
    log.debug({}, 'debug');
    log.info({}, 'info');
    log.warn({}, 'warn');
    log.error({}, 'error');
    expect(readFileSync(destination, 'utf8').split('\n').filter(Boolean)).toHaveLength(lines);
  });

  it('append to what is there', () => {
    written({}, 'first');
    expect(written({}, 'second').split('\n').filter(Boolean)).toHaveLength(2);
  });

  it('throw at creation when the file cannot be opened', () => {
    expect(() => createLog({ level: 'info', destination: folder })).toThrow(/EISDIR/);
  });
});

describe('secrets and texts', () => {
  const SECRET = 'hunter2-very-secret';
  const names = [
    'authorization',
    'Authorization',
    'proxy-authorization',
    'x-api-key',
    'X-API-Key',
    'api-key',
    'api_key',
    'apiKey',
    'cookie',
    'set-cookie',
    'access_key',
    'accessKey',
    'x-goog-api-key',
    'client_secret',
    'password',
    'access_token',
    'body',
    'prompt',
    'content',
    'messages',
  ];
  it.each(names)('%s is redacted at every depth', (name) => {
    const fields = {
      [name]: SECRET,
      headers: { [name]: SECRET },
      request: { headers: { [name]: [SECRET] } },
      list: [{ [name]: { deeper: SECRET } }],
      map: new Map([[name, SECRET]]),
    };
    const line = written(fields);
    expect(line).not.toContain(SECRET);
    expect(line.match(/\[redacted\]/g)).toHaveLength(5);
  });

  it.each([
    ['prompt_tokens', 12],
    ['total_tokens', 12],
    ['content-length', '12'],
    ['contentType', 'text/plain'],
    ['key', 'travel'],
    ['secretNames', ['OPENAI_API_KEY']],
  ])('%s is not', (name, value) => {
    expect(entry({ [name]: value })[name]).toEqual(value);
  });

  it.each([
    'Authorization: Bearer sk-abcdefgh12345678',
    'invalid key sk-proj-abcdefgh12345678 given',
    'GET https://example.com/v1?key=abcdefgh12345678&x=1',
    'redis://user:abcdefgh12345678@cache:6379',
    'AIzaSyAabcdefgh12345678901234567890',
  ])('are cut out of free text: %s', (text) => {
    expect(written({ reason: text, err: new Error(text) }, text)).not.toContain('abcdefgh12345678');
  });

  it('in errors: only type, message, code, stack and causes are kept', () => {
    const cause = Object.assign(new Error('socket closed'), {
      code: 'ECONNRESET',
      response: { body: SECRET },
      request: { data: SECRET },
    });
    const error = new GatewayError('upstream_unreachable', 'agent:flights could not be reached', { cause });
    expect(entry({ err: error })['err']).toEqual({
      type: 'GatewayError',
      message: 'agent:flights could not be reached',
      code: 'upstream_unreachable',
      stack: expect.stringContaining('GatewayError'),
      cause: {
        type: 'Error',
        message: 'socket closed',
        code: 'ECONNRESET',
        stack: expect.stringContaining('socket closed'),
      },
    });
    const odd = new Error('odd', { cause: { answer: SECRET } });
    expect(entry({ err: odd })['err']).toMatchObject({ cause: '[object]' });
    expect(written(error, 'an error instead of fields')).toContain('"err":{"type":"GatewayError"');
  });

  it('in bytes: only their number is shown', () => {
    expect(entry({ chunk: Buffer.from(SECRET) })['chunk']).toBe(`[${String(SECRET.length)} bytes]`);
  });
});

describe('odd fields', () => {
  it('are bounded in depth, width and length', () => {
    const circular: Record<string, unknown> = { name: 'loop' };
    circular['self'] = circular;
    const line = written({ circular, long: 'x'.repeat(100_000), wide: Array.from({ length: 1_000 }, (_, i) => i) });
    expect(line.length).toBeLessThan(4_000);
    expect(line).toContain('[deep]');
    expect(line).toContain('… 950 more');
  });

  it('never make logging throw', () => {
    const shown = entry({
      big: 12n,
      call: () => 1,
      at: new Date(Number.NaN),
      none: undefined,
      nothing: null,
      set: new Set([1]),
    });
    expect(shown).toMatchObject({ big: '12', call: '[function]', at: 'invalid date', nothing: null, set: [1] });
  });
});

describe('pretty lines', () => {
  it('are one short line each', () => {
    const line = written({ listener: 'travel', scores: [0.5, 0.25], text: 'two words' }, 'agents chosen', true);
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}agents chosen listener=travel scores=\[0\.5,0\.25\] text="two words"\n$/,
    );
  });

  it('show errors with their causes and without stacks', () => {
    const error = new Error('side call failed', {
      cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    });
    expect(written({ err: error }, 'failed', true)).toMatch(
      /failed err="side call failed <- refused \(ECONNREFUSED\)"\n$/,
    );
  });

  it('cannot be broken or coloured by what clients send', () => {
    const line = written({ model: '\u001b[31mred\nfake line\u009b' }, 'bad\nmessage\u001b[0m', true);
    expect(line.trimEnd().split('\n')).toHaveLength(1);
    // eslint-disable-next-line no-control-regex -- the point of the test
    expect(line).not.toMatch(/[\u001b\u009b]/);
  });
});
