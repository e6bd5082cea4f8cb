import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plan, Wiring } from '../config/plan';
import { compile } from './compile';
import { BOOTSTRAP_FILE, CLUSTERS_FILE, LISTENERS_FILE, printDirectory, printStatic } from './print';

/** The Plan beside the Envoy files, for the sidecar. */
export const PLAN_FILE = 'plan.json';

/**
 * Writes the directory form. Each file is moved into place whole. Clusters come before the listeners that name them,
 * and the Plan before the listeners, so that a sidecar that reloads is never behind Envoy.
 *
 * @param directory created if it is missing; Envoy watches it
 */
export async function writeDirectory(directory: string, plan: Plan, wiring: Wiring): Promise<void> {
  const absolute = resolve(directory);
  const files = printDirectory(compile(plan, wiring), absolute);
  const inOrder: readonly (readonly [string, string | undefined])[] = [
    [CLUSTERS_FILE, files.get(CLUSTERS_FILE)],
    [PLAN_FILE, planText(plan)],
    [LISTENERS_FILE, files.get(LISTENERS_FILE)],
    [BOOTSTRAP_FILE, files.get(BOOTSTRAP_FILE)],
  ];
  await writeAll(absolute, inOrder);
}

/** Writes the static form: one envoy.yaml and plan.json. */
export async function writeStatic(directory: string, plan: Plan, wiring: Wiring): Promise<void> {
  await writeAll(resolve(directory), [
    [PLAN_FILE, planText(plan)],
    [BOOTSTRAP_FILE, printStatic(compile(plan, wiring))],
  ]);
}

function planText(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

async function writeAll(directory: string, files: readonly (readonly [string, string | undefined])[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [name, text] of files) {
    if (text !== undefined) await replaceFile(join(directory, name), text);
  }
}

/** A reader sees the old file or the new one, never a part. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } catch (reason) {
    await rm(temporary, { force: true });
    throw reason;
  }
}
