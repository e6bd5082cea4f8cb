/** Where figures come from: without this, they mean nothing. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly envoy: string;
  readonly envoyWorkers: number;
}

export function describeMachine(envoyBinary: string, envoyWorkers: number): Machine {
  const version = execFileSync(envoyBinary, ['--version'], { encoding: 'utf8' });
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.versions.node,
    // "envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL"
    envoy: /\/(\d+\.\d+\.\d+[^/]*)\//.exec(version)?.[1] ?? version.trim(),
    envoyWorkers,
  };
}
