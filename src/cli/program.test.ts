import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeTerminal, type FakeTerminal } from '../../test/fakes/terminal';
import { loadConfig } from '../config';
import { runProgram } from './program';
import { VERBS } from './verbs';

const CONFIG = `
version: v0.4.0
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: 12000
model_providers:
  - model: openai/gpt-4o
    access_key: $OPENAI_API_KEY
    default: true
`;

let folder: string;
let config: string;
let terminal: FakeTerminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'program-'));
  config = join(folder, 'config.yaml');
  await writeFile(config, CONFIG);
  terminal = fakeTerminal(folder, { OUTERLOOP_HOME: join(folder, 'home') });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const run = (...argv: string[]): Promise<number> => runProgram(argv, terminal);

describe('help', () => {
  it('lists every verb and the first steps', async () => {
    expect(await run('--help')).toBe(0);
    for (const { id } of VERBS) expect(terminal.printed.out).toMatch(new RegExp(`^  ${id} `, 'm'));
    expect(terminal.printed.out).toContain('$ outerloop init agents');
  });

  it.each(VERBS.map(({ id }) => id))('of %s has examples', async (id) => {
    expect(await run(id, '--help')).toBe(0);
    expect(terminal.printed.out).toMatch(new RegExp(`Usage: outerloop ${id} `));
    expect(terminal.printed.out).toMatch(new RegExp(`\\$ .*outerloop ${id}`));
  });

  it('is shown when nothing is asked, as wrong usage', async () => {
    expect(await run()).toBe(2);
    expect(terminal.printed.err).toContain('First steps');
  });

  it('prints the version of the package', async () => {
    expect(await run('--version')).toBe(0);
    expect(terminal.printed.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage ends with 2 and a hint', () => {
  it.each([
    [['validat', 'x'], 'Did you mean validate?'],
    [['validate'], "missing required argument 'file'"],
    [['validate', 'x', '--formt', 'json'], 'Did you mean --format?'],
    [['validate', 'x', '--format', 'xml'], 'Allowed choices are text, json'],
    [['validate', 'x', 'y'], 'too many arguments'],
    [['compile', 'x'], '--out <dir>'],
    [['compile', 'x', '--out', 'y', '--sidecar', 'nowhere'], '"nowhere" is not an address'],
    [['up', '--admin-port', '70000'], 'from 0 to 65535'],
    [['init', 'agent'], 'Did you mean "agents"?'],
    [['init'], 'outerloop init agents'],
  ])('%j', async (argv, hint) => {
    expect(await run(...argv)).toBe(2);
    expect(terminal.printed.err).toContain(hint);
    expect(terminal.printed.out).toBe('');
  });
});

describe('validate', () => {
  it('prints the pinned JSON to standard output only', async () => {
    expect(await run('validate', config, '--format', 'json')).toBe(0);
    expect(terminal.printed.err).toBe('');
    const report = JSON.parse(terminal.printed.out) as { file: string; problems: object[] };
    expect(Object.keys(report)).toEqual(['file', 'problems']);
    expect(report.file).toBe(config);
    const keys = ['code', 'severity', 'file', 'line', 'column', 'message', 'why', 'fix'];
    for (const problem of report.problems) expect(Object.keys(problem)).toEqual(keys);
  });

  it('ends with 1 on errors, in both forms', async () => {
    await writeFile(config, CONFIG.replace('port: 12000', 'prt: 12000'));
    expect(await run('validate', config)).toBe(1);
    expect(terminal.printed.err).toMatch(/config\.yaml:7:/);
    expect(await run('validate', config, '--format', 'json')).toBe(1);
  });

  it('reports a file that is not there', async () => {
    expect(await run('validate', join(folder, 'nothing.yaml'))).toBe(1);
    expect(terminal.printed.err + terminal.printed.out).toContain('nothing.yaml');
  });
});

describe('compile', () => {
  it('writes the watched files, closed to other users', async () => {
    const out = join(folder, 'out');
    expect(await run('compile', config, '--out', out)).toBe(0);
    expect((await readdir(out)).sort()).toEqual(['clusters.yaml', 'envoy.yaml', 'listeners.yaml', 'plan.json']);
    for (const name of await readdir(out)) expect((await stat(join(out, name))).mode & 0o077).toBe(0);
    expect(await readFile(join(out, 'clusters.yaml'), 'utf8')).toContain(join(folder, 'home/run/sidecar.sock'));
    // Envoy, started before the sidecar, could not listen there otherwise.
    expect((await stat(join(folder, 'home/run'))).mode & 0o777).toBe(0o700);
  });

  it('writes one file for --static, with the addresses that were asked for', async () => {
    const out = join(folder, 'out');
    const places = ['--sidecar', '127.0.0.1:9191', '--admin-port', '9901'];
    expect(await run('compile', config, '--out', out, '--static', ...places)).toBe(0);
    expect((await readdir(out)).sort()).toEqual(['envoy.yaml', 'plan.json']);
    const text = await readFile(join(out, 'envoy.yaml'), 'utf8');
    for (const port of ['9191', '9192', '9901']) expect(text).toMatch(new RegExp(`port_value: ${port}`));
  });

  it('writes nothing for a configuration with errors', async () => {
    await writeFile(config, 'version: nonsense');
    expect(await run('compile', config, '--out', join(folder, 'out'))).toBe(1);
    expect(await readdir(folder)).toEqual(['config.yaml']);
  });
});

describe('init', () => {
  it.each(['agents', 'models', 'routing', 'guards', 'targets'])(
    'writes %s, which loads without errors',
    async (name) => {
      const file = join(folder, 'new.yaml');
      expect(await run('init', name, '--output', file)).toBe(0);
      const { problems, plan } = await loadConfig(file, { env: { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' } });
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(plan?.listeners.length).toBeGreaterThan(0);
      expect(await readFile(file, 'utf8')).toMatch(/^# .{20}/);
    },
  );

  it('replaces a file only with --force', async () => {
    expect(await run('init', 'models')).toBe(1);
    expect(terminal.printed.err).toContain('--force');
    expect(await readFile(config, 'utf8')).toBe(CONFIG);
    expect(await run('init', 'models', '--force')).toBe(0);
    expect(await readFile(config, 'utf8')).toContain('model_aliases');
  });
});

describe('up refuses', () => {
  it('missing variables, all of them together with their places', async () => {
    await writeFile(config, `${CONFIG}  - model: anthropic/claude-sonnet-4-6\n    access_key: $ANTHROPIC_API_KEY\n`);
    expect(await run('up', config)).toBe(1);
    expect(terminal.printed.err).toMatch(/OPENAI_API_KEY {2}.*config\.yaml:10:/);
    expect(terminal.printed.err).toContain('export ANTHROPIC_API_KEY=');
    expect(terminal.printed.err).toContain(join(folder, '.env'));
    expect(terminal.printed.err).toContain('nothing was started');
  });

  it('what protects and is not there yet', async () => {
    const file = join(folder, 'guards.yaml');
    await run('init', 'guards', '--output', file);
    Object.assign(terminal.env, { OPENAI_API_KEY: 'key' });
    expect(await run('up', file)).toBe(1);
    expect(terminal.printed.err).toContain('asks for protection');
    expect(terminal.printed.err).toMatch(/guards\.yaml:\d+/);
  });

  it('a compiled Plan of such a file is refused as well', async () => {
    const file = join(folder, 'guards.yaml');
    await run('init', 'guards', '--output', file);
    Object.assign(terminal.env, { OPENAI_API_KEY: 'key' });
    expect(await run('compile', file, '--out', join(folder, 'out'))).toBe(0);
    expect(await run('serve', join(folder, 'out', 'plan.json'))).toBe(1);
    expect(terminal.printed.err).toMatch(/plan\.json asks for protection/);
  });

  it('a folder without anything to start from', async () => {
    await rm(config);
    expect(await run('up')).toBe(1);
    expect(terminal.printed.err).toContain('outerloop init agents');
  });

  it.each(['up', 'serve'])('%s: a file that does not exist', async (verb) => {
    expect(await run(verb, join(folder, 'nothing.yaml'))).toBe(1);
    expect(terminal.printed.err).toContain('cannot be read');
  });
});

describe('status, down and logs of an instance that does not run', () => {
  it('prints the pinned JSON', async () => {
    expect(await run('status', config, '--format', 'json')).toBe(0);
    expect(JSON.parse(terminal.printed.out)).toEqual({
      state: 'stopped',
      planHash: null,
      listeners: [],
      envoy: { pid: null, adminAddress: null },
      sidecar: { pid: null, address: null, metricsAddress: null },
    });
  });

  it('has nothing to stop, which is no failure', async () => {
    expect(await run('down', config)).toBe(0);
    expect(terminal.printed.out).toContain('Nothing runs');
  });

  it('has no logs', async () => {
    expect(await run('logs', config)).toBe(1);
  });
});

describe('serve', () => {
  it('names all variables of a plan.json that are missing', async () => {
    await run('compile', config, '--out', folder);
    expect(await run('serve', join(folder, 'plan.json'))).toBe(1);
    expect(terminal.printed.err).toMatch(/missing: OPENAI_API_KEY/);
  });

  it('refuses a plan.json that was changed by hand', async () => {
    await run('compile', config, '--out', folder);
    const file = join(folder, 'plan.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('12000', '12001'));
    expect(await run('serve', file)).toBe(1);
    expect(terminal.printed.err).toContain('Compile it again');
  });
});

describe('unexpected errors', () => {
  it('are one line, with details only when asked', async () => {
    const blocked = join(folder, 'home');
    await writeFile(blocked, 'a file where a folder should be');
    Object.assign(terminal.env, { OPENAI_API_KEY: 'key' });
    expect(await run('up', config)).toBe(1);
    expect(terminal.printed.err).toMatch(/^error: .*home.*\nfix: A file stands where a folder is needed: .*\n$/);
    expect(await run('up', config, '--verbose')).toBe(1);
    expect(terminal.printed.err).toMatch(/syscall: 'mkdir'/);
  });
});
