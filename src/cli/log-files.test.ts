import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { followLogs, logFilesOf, startNewLogs, tailOf } from './log-files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const file = (name: string): string => join(folder, name);

describe('logFilesOf', () => {
  it('tells the logs of the processes from those of the requests', async () => {
    for (const name of ['envoy.log', 'sidecar.log', 'access.log', 'envoy.log.1', 'notes.txt'])
      await writeFile(file(name), '');
    expect((await logFilesOf(folder, 'processes')).map((path) => basename(path))).toEqual(['sidecar.log', 'envoy.log']);
    expect((await logFilesOf(folder, 'access')).map((path) => basename(path))).toEqual(['access.log']);
    expect(await logFilesOf(file('nowhere'), 'access')).toEqual([]);
  });
});

describe('startNewLogs', () => {
  it('sets the last run of the processes aside and lets the requests go on', async () => {
    for (const name of ['envoy.log', 'access.log', 'supervisor.log']) await writeFile(file(name), 'first run\n');
    await startNewLogs(folder);
    expect((await readdir(folder)).sort()).toEqual(['access.log', 'envoy.log.1', 'supervisor.log']);
    expect(await readFile(file('envoy.log.1'), 'utf8')).toBe('first run\n');
  });
});

describe('tailOf', () => {
  it('returns the last whole lines, of large files too', async () => {
    expect(await tailOf(file('nothing.log'), 3)).toEqual([]);
    await writeFile(file('a.log'), 'one\ntwo\nthree\n');
    expect(await tailOf(file('a.log'), 2)).toEqual(['two', 'three']);
    const long = Array.from({ length: 20_000 }, (_, index) => `line ${index} é`);
    await writeFile(file('b.log'), `${long.join('\n')}\n`);
    expect(await tailOf(file('b.log'), 3)).toEqual(long.slice(-3));
    expect((await tailOf(file('b.log'), 1e6)).every((line) => long.includes(line))).toBe(true);
  });
});

describe('followLogs', () => {
  it('hands over what is appended, new files and replaced ones included, line by line', async () => {
    await writeFile(file('access.log'), 'old\n');
    const end = new AbortController();
    const lines: string[] = [];
    const following = followLogs(
      () => logFilesOf(folder, 'access'),
      (path, line) => lines.push(`${basename(path)}: ${line}`),
      end.signal,
    );
    await pause();
    await appendFile(file('access.log'), 'half');
    await pause();
    expect(lines).toEqual([]);
    await appendFile(file('access.log'), ' and half é\nnext\n');
    await writeFile(file('access-b.log'), 'new file\n');
    await pause();
    await writeFile(file('access.log'), 'x\n');
    await pause();
    end.abort();
    await following;
    expect(lines.sort()).toEqual([
      'access-b.log: new file',
      'access.log: half and half é',
      'access.log: next',
      'access.log: x',
    ]);
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 600));
}
