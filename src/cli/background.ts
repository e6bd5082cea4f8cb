/**
 * `up --detach`: the command starts itself once more in a session of its own and shows what that process prints until the
 * instance is ready (or failed). From then on the background process writes to the supervisor log.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { CommandFailure, type ExitCode } from './failure';
import { outliveStarter } from './interruption';
import { tailOf } from './log-files';
import { processTerminal, type Terminal } from './terminal';

/** Set in the background process only; tells what the terminal in front can show. */
const FRONT_VARIABLE = 'OUTERLOOP_FRONT';
const LOG_TAIL_LINES = 12;

interface Front {
  readonly outColor: boolean;
  readonly errColor: boolean;
  readonly interactive: boolean;
}

type Message =
  | { readonly kind: 'out'; readonly text: string }
  | { readonly kind: 'err'; readonly text: string }
  | { readonly kind: 'ready' };

/** Runs this command line in the background. Resolves with 0 when it is ready, else with its exit code. */
export async function startInBackground(
  argv: readonly string[],
  terminal: Terminal,
  logFile: string,
): Promise<ExitCode> {
  const log = openSync(logFile, 'a', 0o600);
  const front: Front = {
    outColor: terminal.outColors.isColorSupported,
    errColor: terminal.errColors.isColorSupported,
    interactive: terminal.interactive,
  };
  const child = spawn(process.execPath, [...process.execArgv, join(__dirname, 'main.js'), ...argv], {
    cwd: terminal.folder,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...terminal.env, [FRONT_VARIABLE]: JSON.stringify(front) },
  });
  closeSync(log);
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
  const code = await outcome(child, terminal);
  if (code !== undefined) return code;
  throw new CommandFailure('The background process ended before it was ready.', {
    details: await tailOf(logFile, LOG_TAIL_LINES),
  });
}

function outcome(child: ChildProcess, terminal: Terminal): Promise<ExitCode | undefined> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const told = message as Message;
      if (told.kind === 'out') terminal.out(told.text);
      if (told.kind === 'err') terminal.err(told.text);
      if (told.kind !== 'ready') return;
      child.unref();
      resolve(0);
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 1 || code === 2 ? code : undefined));
  });
}

/** True in the process that `startInBackground` started. */
export function isInBackground(env: NodeJS.ProcessEnv): boolean {
  return env[FRONT_VARIABLE] !== undefined;
}

/** The terminal of this process; in the background what it prints is shown in front until `reportReady`. */
export function currentTerminal(): Terminal {
  const own = processTerminal();
  const described = process.env[FRONT_VARIABLE];
  if (described === undefined || process.send === undefined) return own;
  const front = JSON.parse(described) as Front;
  const send = (kind: 'out' | 'err', text: string): void => {
    if (process.connected) process.send?.({ kind, text } satisfies Message);
    else own[kind](text);
  };
  return {
    ...own,
    out: (text) => send('out', text),
    err: (text) => send('err', text),
    outColors: createColors(front.outColor),
    errColors: createColors(front.errColor),
    interactive: front.interactive,
  };
}

/** Tells the command in front that all is ready, and lets go of it. */
export async function reportReady(): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send({ kind: 'ready' } satisfies Message, undefined, undefined, () => resolve());
  });
  outliveStarter();
}

/** The environment for children: without what only concerns this process. */
export function environmentForChildren(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== FRONT_VARIABLE));
}
