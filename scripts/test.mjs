// `npm test`: prepares a fresh checkout, finds (or fetches) Envoy, runs all suites and ends with `N passed, N failed`.
// `npm test -- unit stream` runs the named suites alone.
// Plain Node 20 without dependencies, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { prepareCheckout } from './demo/prepare.mjs';

/** Slowest last. The limits end a suite that hangs; they are no budgets. */
const SUITES = [
  { name: 'unit', limitMinutes: 8, options: [] },
  { name: 'stream', limitMinutes: 4, options: [] },
  // One Envoy at a time: two of them on a small machine disturb each other's timings.
  { name: 'dataplane', limitMinutes: 12, options: ['--runInBand'] },
];
const MS_PER_MINUTE = 60_000;
/** Given to the second start of this script, which runs under the Node that the project brings along. */
const PREPARED = '--prepared';

let interrupted = false;

async function main(given) {
  const names = given.filter((name) => name !== PREPARED);
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`Unknown suite ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  if (!given.includes(PREPARED)) return prepareAndStartAgain(names);
  const suites = SUITES.filter((suite) => names.length === 0 || names.includes(suite.name));
  return runSuites(suites);
}

async function prepareAndStartAgain(names) {
  const node = await prepareCheckout();
  if (node === undefined) return conclude([{ name: 'preparing the checkout', passed: 0, failed: 1, notes: [] }]);
  const PATH = [resolve('node_modules/.bin'), process.env.PATH ?? ''].join(delimiter);
  const { code } = await run(node, ['scripts/test.mjs', PREPARED, ...names], { env: { ...process.env, PATH } });
  return typeof code === 'number' ? code : 1;
}

async function runSuites(suites) {
  const results = [];
  const env = { ...process.env };
  const envoy = await findEnvoy();
  if (envoy.path === undefined) results.push({ name: 'envoy', passed: 0, failed: 1, notes: [envoy.problem] });
  else env.ENVOY_BIN = envoy.path;
  for (const suite of suites) {
    if (interrupted) break;
    console.log(`\n── ${suite.name}`);
    results.push(await runSuite(suite, env));
  }
  return conclude(results);
}

/** The real Envoy for the suites that start one: given, installed, cached or fetched. */
async function findEnvoy() {
  const { findEnvoy: find } = createRequire(import.meta.url)('../dist/cli/envoy-binary.js');
  const home = process.env.OUTERLOOP_HOME ?? join(homedir(), '.outerloop');
  try {
    const { path, version, source, notes } = await find({ env: process.env, home });
    for (const note of notes) console.log(`  ${note}`);
    console.log(`  Envoy ${version} (${source}): ${path}`);
    return { path };
  } catch (reason) {
    return { problem: [reason.message, reason.fix].filter(Boolean).join(' ') };
  }
}

/** Runs one jest project; everything that keeps it from counting its tests is one failure. */
async function runSuite({ name, limitMinutes, options }, env) {
  const folder = mkdtempSync(join(tmpdir(), 'outerloop-test-'));
  const file = join(folder, 'result.json');
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', name, '--passWithNoTests', ...options];
  const started = performance.now();
  const { code, timedOut } = await run(process.execPath, [...jest, '--json', `--outputFile=${file}`], {
    env,
    limitMs: limitMinutes * MS_PER_MINUTE,
    results: 'ignore',
  });
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(folder, { recursive: true });
  const seconds = (performance.now() - started) / 1000;
  if (timedOut) return { name, seconds, passed: 0, failed: 1, notes: [`did not end within ${limitMinutes} minutes`] };
  if (!result) return { name, seconds, passed: 0, failed: 1, notes: [`jest ended with ${code} and no result`] };
  return { name, seconds, ...summarise(result, code) };
}

function summarise(result, code) {
  const passed = result.numPassedTests;
  // A file that cannot be loaded has no tests to count, yet it is a failure.
  let failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const tests = result.testResults.flatMap((file) => file.assertionResults);
  const notes = tests
    .filter(({ status }) => status === 'pending' || status === 'todo')
    .map(({ fullName }) => `skipped: ${fullName}`);
  if (passed + failed === 0) notes.push('has no tests, which proves nothing');
  else if (failed === 0 && code !== 0) notes.push(`jest ended with ${code}`);
  if (failed === 0 && (passed === 0 || code !== 0)) failed = 1;
  return { passed, failed, notes };
}

function conclude(results) {
  console.log('');
  for (const { name, seconds, passed, failed, notes } of results) {
    const time = seconds === undefined ? '' : `  (${seconds.toFixed(0)} s)`;
    console.log(`${name.padEnd(10)} ${passed} passed, ${failed} failed${time}`);
    for (const note of notes) console.log(`           ${note}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

/** Runs a command with its messages passed through; past the limit it is ended together with what it started. */
function run(command, options, { env, limitMs, results = 'inherit' }) {
  const child = spawn(command, options, { env, stdio: ['ignore', results, 'inherit'], detached: true });
  let timedOut = false;
  const limit = limitMs && setTimeout(() => (timedOut = stop(child, 'SIGKILL')), limitMs);
  const passOn = (signal) => (interrupted = stop(child, signal));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, passOn);
  return new Promise((done) => {
    const finish = (code) => {
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
      done({ code, timedOut });
    };
    child.once('error', (error) => finish(error.message));
    child.once('close', (code, signal) => finish(code ?? signal));
  });
}

/** Signals the child's whole process group, so that the Envoys of a hanging suite end too. */
function stop(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (reason) {
    if (reason.code !== 'ESRCH') throw reason;
  }
  return true;
}

process.exitCode = await main(process.argv.slice(2));
