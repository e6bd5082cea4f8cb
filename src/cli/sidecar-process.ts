import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from './kept-process';
import { SIDECAR_LOG, tailOf } from './log-files';

/** What `serve` tells the process that started it, once it listens. */
export interface SidecarListening {
  readonly kind: 'listening';
  readonly address: string;
  readonly metricsAddress: string;
  /** Worth showing, e.g. that the usual metrics port is taken. */
  readonly note?: string;
}

export interface SidecarProcessOptions {
  readonly planFile: string;
  readonly sidecarAddress: string;
  readonly egressAddress: string;
  readonly logFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values for the Plan's secret names; they travel in the child's environment only. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly onListening: (listening: SidecarListening) => void;
}

const LOG_TAIL_LINES = 12;

/** The sidecar as a child: the same program with the verb `serve`. */
export function sidecarProcess(options: SidecarProcessOptions): ProcessSpec {
  const logFile = join(options.logFolder, SIDECAR_LOG);
  return {
    name: 'The sidecar',
    launch: () => {
      const log = openSync(logFile, 'a', 0o600);
      try {
        return spawn(process.execPath, [...process.execArgv, ...serveArguments(options)], {
          // The IPC channel says when it listens, and its end tells the child that the supervisor is gone.
          stdio: ['ignore', log, log, 'ipc'],
          env: { ...options.env, ...Object.fromEntries(options.secrets) },
          // A group of its own: Ctrl-C in a terminal reaches the supervisor only, which stops it in order.
          detached: true,
        });
      } finally {
        closeSync(log);
      }
    },
    whenReady: async (child, signal) => options.onListening(await listening(child, signal)),
    logTail: () => tailOf(logFile, LOG_TAIL_LINES),
  };
}

function serveArguments(options: SidecarProcessOptions): string[] {
  const program = join(__dirname, 'main.js');
  return [program, 'serve', options.planFile, '--listen', options.sidecarAddress, '--egress', options.egressAddress];
}

function listening(child: ChildProcess, signal: AbortSignal): Promise<SidecarListening> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    child.on('message', (message) => {
      if (isListening(message)) resolve(message);
    });
  });
}

function isListening(message: unknown): message is SidecarListening {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'listening';
}
