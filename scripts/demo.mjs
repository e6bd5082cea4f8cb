// `npm run demo`: installs what is missing, starts the travel example with Outerloop in front, asks questions and stays up.
// Plain Node 20 without dependencies, because it runs before anything is installed.
import { checkKeys, standInEnvironment } from './demo/keys.mjs';
import { prepareCheckout } from './demo/prepare.mjs';
import { busyPorts, describeBusyPort } from './demo/ports.mjs';
import { ChildProcesses } from './demo/child-processes.mjs';
import { askAll } from './demo/questions.mjs';
import { bold, cross, dim, heading, say, tick } from './demo/terminal.mjs';

const CONFIG = 'examples/travel/config.yaml';
const AGENT_LISTENER = 'http://localhost:8001';
const MODEL_LISTENER = 'http://localhost:12000';
/** What the example's configuration says; the model listener on 12000 is implicit. */
const PORTS = [8001, 12000, 10510, 10520];
const STAND_IN_PORT = 10530;
/** Generous, because a first start may have to download Envoy. */
const READY_TIMEOUT_MS = 600_000;

const USAGE = `npm run demo                 start everything, ask a few questions, stay up until Ctrl-C
npm run demo -- --once       ask the questions, check the answers, stop everything; exit code 0 when all was right
npm run demo -- --real       use the real providers with OPENAI_API_KEY and ANTHROPIC_API_KEY instead of the stand-in model`;

const children = new ChildProcesses();
let stopping = false;

async function main(options) {
  const started = await startEverything(options);
  if (!started) return 1;

  const results = await askAll({ agents: AGENT_LISTENER, models: MODEL_LISTENER, strict: !options.real });
  const failed = results.filter((check) => !check.ok);
  heading(
    failed.length === 0 ? `All ${results.length} checks passed` : `${failed.length} of ${results.length} checks failed`,
  );
  for (const check of failed) say(`  ${cross} ${check.what}`);
  if (failed.length > 0) children.printRecentOutput();

  if (!options.once) await stayUp();
  await children.stopAll();
  const left = await busyPorts(options.ports);
  for (const port of left) say(`  ${cross} port ${port} is still in use after stopping: ${describeBusyPort(port)}`);
  if (options.once) say(failed.length + left.length === 0 ? `  ${tick} everything stopped, nothing left behind` : '');
  return options.once && failed.length + left.length > 0 ? 1 : 0;
}

async function startEverything(options) {
  heading('Preparing');
  const node = await prepareCheckout();
  if (node === undefined || !checkKeys(options.real)) return false;
  const busy = await busyPorts(options.ports);
  if (busy.length > 0) {
    for (const port of busy) say(`  ${cross} port ${port} is in use: ${describeBusyPort(port)}`);
    say(
      `  The demo needs ${options.ports.join(', ')}. An Outerloop that still runs this example stops with: npx outerloop down ${CONFIG}`,
    );
    return false;
  }

  heading('Starting');
  const startedAt = Date.now();
  const environment = options.real ? process.env : standInEnvironment(STAND_IN_PORT);
  if (!options.real)
    children.start('stand-in model', [node, 'examples/travel/stand-in-model.mjs'], {
      ...process.env,
      PORT: String(STAND_IN_PORT),
    });
  children.start('weather agent', [node, 'examples/travel/agents/weather-agent.mjs'], {
    ...process.env,
    PORT: '10510',
  });
  children.start('flight agent', [node, 'examples/travel/agents/flight-agent.mjs'], { ...process.env, PORT: '10520' });
  children.start('outerloop', [node, 'dist/cli/main.js', 'up', CONFIG], environment, { echo: true });

  const addresses = ['http://127.0.0.1:10510', 'http://127.0.0.1:10520', AGENT_LISTENER, MODEL_LISTENER];
  if (!options.real) addresses.push(`http://127.0.0.1:${STAND_IN_PORT}`);
  const problem = await children.waitUntilHealthy(
    addresses.map((address) => `${address}/healthz`),
    READY_TIMEOUT_MS,
  );
  if (problem !== undefined) {
    if (!stopping) say(`  ${cross} ${problem}`);
    return false;
  }
  say(`  ${tick} agents, models and listeners are ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  children.echo('outerloop', false);
  return true;
}

/** Resolves when something that the demo needs ends; Ctrl-C goes through `interrupted`. */
async function stayUp() {
  heading('Your turn');
  say(`  curl -i ${AGENT_LISTENER}/v1/chat/completions -H 'Content-Type: application/json' \\`);
  say(
    `    -d '{"model":"gpt-4o","messages":[{"role":"user","content":"Find flights from NYC to Paris and check the weather there"}]}'`,
  );
  say(dim(`\n  models:  curl ${MODEL_LISTENER}/v1/models`));
  say(dim(`  why:     npx outerloop logs ${CONFIG}`));
  say(dim(`  status:  npx outerloop status ${CONFIG}`));
  say(`\n  ${bold('Ctrl-C')} stops everything.\n`);
  for (const name of ['weather agent', 'flight agent', 'stand-in model', 'outerloop']) children.echo(name, true);
  const ended = await children.firstToEnd();
  if (!stopping) say(`  ${cross} ${ended} ended; stopping the rest`);
}

async function interrupted(code) {
  if (stopping) return;
  stopping = true;
  say(dim('\n  stopping …'));
  await children.stopAll();
  process.exit(code);
}

function readOptions(args) {
  const known = new Set(['--once', '--real', '--help']);
  const unknown = args.filter((arg) => !known.has(arg));
  if (unknown.length > 0 || args.includes('--help')) {
    say(unknown.length > 0 ? `unknown option ${unknown.join(' ')}\n${USAGE}` : USAGE);
    process.exit(unknown.length > 0 ? 2 : 0);
  }
  const real = args.includes('--real');
  return { once: args.includes('--once'), real, ports: real ? PORTS : [...PORTS, STAND_IN_PORT] };
}

const options = readOptions(process.argv.slice(2));
for (const [signal, code] of [
  ['SIGINT', options.once ? 130 : 0],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => void interrupted(code));
}

// An npm that is killed outright cannot pass that on; its script would run on alone.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid !== parent && void interrupted(143), 1000).unref();
}

try {
  const code = await main(options);
  // When interrupted, `interrupted` ends the process as soon as the children are gone.
  if (!stopping) {
    await children.stopAll();
    process.exit(code);
  }
} catch (error) {
  if (!stopping) {
    say(`  ${cross} ${error.stack ?? error}`);
    await children.stopAll();
    process.exit(1);
  }
}
