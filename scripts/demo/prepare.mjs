// Brings a checkout to the point where `outerloop` can run: dependencies, compiled code, a Node that is new enough.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cross, dim, say, tick } from './terminal.mjs';

const MAIN = 'dist/cli/main.js';
/** npm writes it last, so that an interrupted installation is done again. */
const INSTALLED = 'node_modules/.package-lock.json';

/** Returns the Node to run everything with; undefined (after saying why) when preparing failed. */
export async function prepareCheckout() {
  process.chdir(new URL('../..', import.meta.url).pathname);
  if (!existsSync(INSTALLED) && !(await run('installing the dependencies (npm ci)', ['ci', '--no-audit', '--no-fund'])))
    return undefined;
  if (isStale() && !(await run('compiling (npm run build)', ['run', '--silent', 'build']))) return undefined;
  const node = chooseNode();
  say(
    `  ${tick} dependencies and code are ready, Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`,
  );
  return node;
}

/** True when the compiled code is missing or older than its sources. */
function isStale() {
  if (!existsSync(MAIN)) return true;
  const builtAt = statSync(MAIN).mtimeMs;
  return readdirSync('src', { recursive: true }).some(
    (name) => name.endsWith('.ts') && statSync(`src/${name}`).mtimeMs > builtAt,
  );
}

/** The project brings a current Node along (package `node`), for machines whose own is old. */
function chooseNode() {
  const own = 'node_modules/.bin/node';
  return existsSync(own) && spawnSync(own, ['--version']).status === 0 ? own : process.execPath;
}

async function run(what, args) {
  const startedAt = Date.now();
  say(`  … ${what}`);
  // The GPU libraries that onnxruntime-node would download are not used.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const child = spawn('npm', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const passOn = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (status, signal) => resolve(status ?? signal));
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, passOn);
  if (code === 0) say(dim(`    done in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`));
  else
    say(
      `  ${cross} npm ${args.join(' ')} failed (${code}); its messages are above. Once they are dealt with: npm run demo`,
    );
  return code === 0;
}
