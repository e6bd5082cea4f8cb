/** The vendors' own clients for Python through a real Envoy. Without Python or the package index there is nothing to run. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSdkInstance, type SdkInstance } from './sdk-instance';

const run = promisify(execFile);
/** The versions that the tests were written with, so that a new release cannot fail them. */
const PACKAGES = ['openai==3.54.0', 'anthropic==2.12.0'];
const CACHE = path.resolve(__dirname, '../../node_modules/.cache/outerloop-python-clients');
const INSTALL_TIMEOUT_MS = 120_000;

/** A Python that has the clients, made once and kept; or why there is none. */
function preparePython(): { readonly python: string } | { readonly missing: string } {
  const python = path.join(CACHE, 'bin/python');
  const stamp = path.join(CACHE, PACKAGES.join('-'));
  if (existsSync(stamp)) return { python };
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', CACHE]],
    [python, ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '10', ...PACKAGES]],
  ];
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${String(status)}`;
    return { missing: reason.slice(0, 200) };
  }
  writeFileSync(stamp, '');
  return { python };
}

const prepared = preparePython();

if ('missing' in prepared) {
  // The name is printed with the results of the run.
  it.skip(`the Python clients could not be installed: ${prepared.missing}`, () => undefined);
} else {
  let gateway: SdkInstance;
  beforeAll(async () => {
    gateway = await startSdkInstance();
  }, 60_000);
  afterAll(() => gateway.stop());

  it('the Python clients get what the Node clients get', async () => {
    const script = path.join(__dirname, 'official_clients.py');
    const { stdout } = await run(prepared.python, [script, gateway.url], { timeout: 90_000 });
    const checks = ['chat', 'responses', 'messages'];
    const vendors = ['openai', 'anthropic', 'groq'];
    const expected = vendors.flatMap((vendor) => checks.map((check) => `${check} on ${vendor}`));
    expect(stdout.trim().split('\n')).toEqual([...expected, 'models']);
  }, 100_000);
}
