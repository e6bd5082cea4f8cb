import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cachedEnvoy, downloadEnvoy, PINNED_ENVOY_VERSION, type DownloadReport } from './envoy-download';
import { CommandFailure } from './failure';
import { runCommand } from './processes';

/** Older ones lack filters and cluster specifiers that the compiled configuration needs. */
const OLDEST_ENVOY = [1, 40] as const;
const VERSION_TIMEOUT_MS = 20_000;

export type EnvoySource = 'flag' | 'ENVOY_BIN' | 'PATH' | 'cache' | 'download';

export interface FindEnvoyOptions {
  /** Path given on the command line (`--envoy`). */
  readonly flag?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Outerloop's home folder, which holds the cache. */
  readonly home: string;
  /** Tells how far a download is. */
  readonly report?: DownloadReport;
  /** Ends a download. */
  readonly signal?: AbortSignal;
}

export interface FoundEnvoy {
  /** Absolute path of an executable. */
  readonly path: string;
  /** For example `1.40.0`. */
  readonly version: string;
  readonly source: EnvoySource;
  /** Worth showing, e.g. that the version is another than the one that is tested. */
  readonly notes: readonly string[];
}

/**
 * Finds Envoy: the flag, then ENVOY_BIN, then `envoy` on PATH, then the cache, then a pinned download into the cache.
 * What was asked for explicitly must work; an unsuitable `envoy` on PATH is only noted and passed over.
 * @throws CommandFailure with the command that helps.
 */
export async function findEnvoy(options: FindEnvoyOptions): Promise<FoundEnvoy> {
  if (options.flag !== undefined) return demandEnvoy(options.flag, 'flag', '--envoy');
  if (options.env.ENVOY_BIN) return demandEnvoy(options.env.ENVOY_BIN, 'ENVOY_BIN', 'ENVOY_BIN');
  const notes: string[] = [];
  for (const path of executablesOnPath('envoy', options.env.PATH)) {
    const version = await envoyVersion(path);
    if (version !== undefined && isRecentEnough(version)) {
      return { path, version, source: 'PATH', notes: versionNotes(version) };
    }
    notes.push(`Passing over ${path}: ${version === undefined ? 'it does not tell its version' : `it is ${version}`}.`);
  }
  const cached = cachedEnvoy(options.home);
  if (cached !== undefined && (await envoyVersion(cached)) === PINNED_ENVOY_VERSION) {
    return { path: cached, version: PINNED_ENVOY_VERSION, source: 'cache', notes };
  }
  const path = await downloadEnvoy({
    home: options.home,
    env: options.env,
    report: options.report ?? (() => undefined),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if ((await envoyVersion(path)) === undefined) {
    throw new CommandFailure(`The downloaded Envoy at ${path} does not run on this machine.`, {
      fix: 'It needs a GNU C library of 2.31 or newer; elsewhere name another build with --envoy PATH.',
    });
  }
  return { path, version: PINNED_ENVOY_VERSION, source: 'download', notes };
}

async function demandEnvoy(given: string, source: EnvoySource, wanted: string): Promise<FoundEnvoy> {
  const path = resolve(given);
  if (!isExecutable(path)) {
    throw new CommandFailure(`${wanted} names ${path}, which is not an executable file.`, {
      fix: `Correct ${wanted}, or leave it out: Envoy is then looked for on PATH and fetched if need be.`,
    });
  }
  const version = await envoyVersion(path);
  if (version === undefined) {
    throw new CommandFailure(`${path} does not answer --version as Envoy does.`, {
      fix: `Name an Envoy ${OLDEST_ENVOY.join('.')} or newer.`,
    });
  }
  if (!isRecentEnough(version)) {
    throw new CommandFailure(`${path} is Envoy ${version}; ${OLDEST_ENVOY.join('.')} or newer is needed.`, {
      fix: `Leave ${wanted} out: Envoy ${PINNED_ENVOY_VERSION} is then fetched.`,
    });
  }
  return { path, version, source, notes: versionNotes(version) };
}

function versionNotes(version: string): string[] {
  return version === PINNED_ENVOY_VERSION
    ? []
    : [`Envoy ${version} is used; Outerloop is tested with ${PINNED_ENVOY_VERSION}.`];
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST_ENVOY[0] || (major === OLDEST_ENVOY[0] && minor >= OLDEST_ENVOY[1]);
}

/** `envoy --version` prints `<file>  version: <commit>/<version>/<state>/<build type>/<TLS library>`. */
async function envoyVersion(path: string): Promise<string | undefined> {
  const asked = await runCommand(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
  return /version:\s*[0-9a-f]+\/(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function executablesOnPath(name: string, searchPath: string | undefined): string[] {
  const folders = (searchPath ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(join(folder, name))).filter(isExecutable);
}
