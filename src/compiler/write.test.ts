import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { buildListener, buildPlan, buildWiring } from '../../test/fakes/plan';
import { writeDirectory, writeStatic } from './write';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'outerloop-write-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('writes the directory form, readable by the owner alone, and leaves nothing else behind', async () => {
  const folder = join(parent, 'envoy');
  await writeDirectory(folder, buildPlan(), buildWiring());
  const files = (await readdir(folder)).sort();
  expect(files).toEqual(['clusters.yaml', 'envoy.yaml', 'listeners.yaml', 'plan.json']);
  for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

it('writes the static form', async () => {
  await writeStatic(parent, buildPlan(), buildWiring());
  expect((await readdir(parent)).sort()).toEqual(['envoy.yaml', 'plan.json']);
});

it('puts the Plan beside it unchanged', async () => {
  const plan = buildPlan();
  await writeStatic(parent, plan, buildWiring());
  expect(JSON.parse(await readFile(join(parent, 'plan.json'), 'utf8'))).toEqual(plan);
});

it('replaces files instead of writing into them, so that a watching Envoy never reads a part', async () => {
  await writeDirectory(parent, buildPlan(), buildWiring());
  const before = await stat(join(parent, 'listeners.yaml'));
  await writeDirectory(parent, buildPlan({ listeners: [buildListener({ port: 12_345 })] }), buildWiring());
  expect((await stat(join(parent, 'listeners.yaml'))).ino).not.toBe(before.ino);
  expect(await readFile(join(parent, 'listeners.yaml'), 'utf8')).toContain('12345');
});
