import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../config/plan';
import { readAdminAddress } from './envoy-admin';
import type { ProcessSpec } from './kept-process';
import { ENVOY_LOG, tailOf } from './log-files';

export interface EnvoyProcessOptions {
  readonly binary: string;
  readonly bootstrapFile: string;
  readonly adminAddressFile: string;
  readonly logFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Names of variables that hold secrets; Envoy does not get them. */
  readonly secretNames: readonly string[];
  readonly onAdmin: (adminAddress: string) => void;
}

/** More worker threads than this bring nothing to a single sidecar process. */
const MAX_WORKERS = 4;
const LOG_TAIL_LINES = 15;
const ACCESS_LOG_FLUSH_MS = 250;

/** Envoy as a child process of this machine, on the compiled bootstrap file. */
export function envoyProcess(options: EnvoyProcessOptions): ProcessSpec {
  const logFile = join(options.logFolder, ENVOY_LOG);
  return {
    name: 'Envoy',
    launch: () => {
      // What an earlier Envoy wrote must not be taken for the new one's address.
      rmSync(options.adminAddressFile, { force: true });
      // What Envoy writes before its log is open (a broken bootstrap, a missing library) goes to the same file.
      const log = openSync(logFile, 'a', 0o600);
      try {
        return spawn(options.binary, envoyArguments(options, logFile), {
          stdio: ['ignore', log, log],
          env: withoutSecrets(options.env, options.secretNames),
          detached: true,
        });
      } finally {
        closeSync(log);
      }
    },
    whenReady: async (_child, signal) => options.onAdmin(await readAdminAddress(options.adminAddressFile, signal)),
    logTail: () => tailOf(logFile, LOG_TAIL_LINES),
  };
}

function envoyArguments(options: EnvoyProcessOptions, logFile: string): string[] {
  const level = envoyLogLevel(options.env.LOG_LEVEL);
  return [
    ...['--config-path', options.bootstrapFile],
    '--disable-hot-restart',
    ...['--concurrency', String(Math.min(availableParallelism(), MAX_WORKERS))],
    ...['--admin-address-path', options.adminAddressFile],
    ...['--log-path', logFile],
    ...['--log-level', level],
    ...['--file-flush-interval-msec', String(ACCESS_LOG_FLUSH_MS)],
  ];
}

/** LOG_LEVEL counts for both processes; Envoy's own chatter at `info` helps nobody. */
function envoyLogLevel(wanted: string | undefined): string {
  const level = wanted?.trim().toLowerCase() ?? '';
  if (['trace', 'debug', 'error', 'critical', 'off'].includes(level)) return level;
  return 'warning';
}

/** Names of the Plan's secrets, but for those of AWS that Envoy itself signs with. */
export function hiddenFromEnvoy({
  secretNames,
  upstreams,
}: Pick<Plan, 'secretNames' | 'upstreams'>): readonly string[] {
  if (upstreams.every(({ awsSigning }) => awsSigning === undefined)) return secretNames;
  return secretNames.filter((name) => !name.startsWith('AWS_') || name.startsWith('AWS_BEARER_'));
}

function withoutSecrets(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const hidden = new Set(names);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)));
}
