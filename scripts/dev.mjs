// `npm run dev`: compiles on every edit and restarts Outerloop on the travel example, with the stand-in model behind it.
import { ChildProcesses } from './demo/child-processes.mjs';
import { standInEnvironment } from './demo/keys.mjs';
import { prepareCheckout } from './demo/prepare.mjs';
import { dim, say } from './demo/terminal.mjs';

const CONFIG = process.argv[2] ?? 'examples/travel/config.yaml';
const STAND_IN_PORT = 10530;
const SHOWN = { echo: true };

const node = await prepareCheckout();
if (node === undefined) process.exit(1);

const children = new ChildProcesses();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => void children.stopAll().then(() => process.exit(0)));
}

const withPort = (port) => ({ ...process.env, PORT: String(port) });
children.start('stand-in model', [node, 'examples/travel/stand-in-model.mjs'], withPort(STAND_IN_PORT), SHOWN);
children.start('weather agent', [node, 'examples/travel/agents/weather-agent.mjs'], withPort(10510), SHOWN);
children.start('flight agent', [node, 'examples/travel/agents/flight-agent.mjs'], withPort(10520), SHOWN);

// One restart at a time: an edit during a restart queues the next one.
let restarted = Promise.resolve();
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];
children.start('compiler', [node, ...compiler], process.env, {
  echo: true,
  onLine: (line) => {
    if (line.includes('Found 0 errors')) restarted = restarted.then(restart);
  },
});

async function restart() {
  say(dim('  (re)starting outerloop'));
  await children.stop('outerloop');
  children.start('outerloop', [node, 'dist/cli/main.js', 'up', CONFIG], standInEnvironment(STAND_IN_PORT), SHOWN);
}
