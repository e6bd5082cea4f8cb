// The demo's own processes: started with a name, their output kept, stopped on every way out.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dim, say } from './terminal.mjs';

const STOP_TIMEOUT_MS = 15_000;
const KEPT_LINES = 30;
const POLL_MS = 150;
const EXIT_WITH_PARENT = new URL('./exit-with-parent.mjs', import.meta.url).href;

export class ChildProcesses {
  #children = new Map();

  /** Starts `[node, script, ...args]`; `echo` prints its output as it comes, `onLine` gets each line. */
  start(name, [node, ...args], env, { echo = false, onLine } = {}) {
    const child = spawn(node, ['--import', EXIT_WITH_PARENT, ...args], {
      // A group of its own: Ctrl-C in the terminal reaches the demo alone, which then stops its children once and in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env, OUTERLOOP_DEMO_PID: String(process.pid) },
    });
    const entry = { name, child, echo, lines: [], ended: undefined };
    entry.end = new Promise((resolve) => {
      const settle = (how) => {
        entry.ended ??= how;
        resolve(how);
      };
      child.on('error', (error) => settle(error.message));
      child.on('exit', (code, signal) => settle(signal === null ? `exit code ${code}` : signal));
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        entry.lines = [...entry.lines.slice(1 - KEPT_LINES), line];
        if (entry.echo) say(dim(`  ${name} │ `) + line);
        onLine?.(line);
      });
    }
    this.#children.set(name, entry);
  }

  echo(name, on) {
    const entry = this.#children.get(name);
    if (entry !== undefined) entry.echo = on;
  }

  /** Waits until every address answers 200; returns what went wrong otherwise. */
  async waitUntilHealthy(addresses, timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    let waiting = addresses;
    while (waiting.length > 0) {
      const dead = [...this.#children.values()].find((entry) => entry.ended !== undefined);
      if (dead !== undefined) {
        if (!dead.echo) this.#print(dead);
        return `${dead.name} ended before everything was ready (${dead.ended})`;
      }
      if (Date.now() > deadline) return `${waiting.join(', ')} did not become ready within ${timeoutMs / 1000} s`;
      const healthy = await Promise.all(waiting.map(isHealthy));
      waiting = waiting.filter((_, index) => !healthy[index]);
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return undefined;
  }

  /** Name of the first child that ends from now on (or has ended). */
  firstToEnd() {
    return Promise.race([...this.#children.values()].map((entry) => entry.end.then((how) => `${entry.name} (${how})`)));
  }

  printRecentOutput() {
    for (const entry of this.#children.values()) this.#print(entry);
  }

  #print(entry) {
    say(dim(`  last output of ${entry.name}:`));
    for (const line of entry.lines) say(dim(`    ${line}`));
  }

  /** Outerloop first, while the things behind it still answer. */
  async stopAll() {
    for (const name of [...this.#children.keys()].reverse()) await this.stop(name);
  }

  /** Asks to end; whoever does not end in time is killed with its children. */
  async stop(name) {
    const entry = this.#children.get(name);
    if (entry === undefined || entry.ended !== undefined) return;
    entry.child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(entry.child.pid), STOP_TIMEOUT_MS);
    await entry.end;
    clearTimeout(timer);
  }
}

async function isHealthy(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}
