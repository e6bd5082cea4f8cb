#!/usr/bin/env node
/**
 * Entry of the `outerloop` command. Keeps to what every Node.js version can run: the real program needs a current one,
 * which the package `node` brings along; an older Node.js hands over to it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const OLDEST_NODE = 22;

/** Runs the same command with the packaged Node.js and ends as it ends. */
function handOver(node: string): void {
  // The IPC channel tells the child when this process is killed outright; signals are passed on by hand.
  const child = spawn(node, [__filename, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, OUTERLOOP_HANDED_OVER: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`error: Node.js at ${node} does not start: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function start(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) {
    // A reader that has seen enough (`| head`) is no failure.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
    // Loaded late: the command line library does not load on an older Node.js.
    void import('./program.js')
      .then(({ runProgram }) => runProgram(process.argv.slice(2)))
      .then((exitCode) => process.exit(exitCode));
    return;
  }
  const packaged = join(__dirname, '..', '..', 'node_modules', '.bin', 'node');
  if (existsSync(packaged) && process.env.OUTERLOOP_HANDED_OVER === undefined) {
    handOver(packaged);
    return;
  }
  process.stderr.write(
    `error: Outerloop needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}.\n` +
      'fix: run "npm ci" in the project folder (it brings a current Node.js along), or install a newer Node.js.\n',
  );
  process.exit(1);
}

start();
