import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { makeRoomForSocket } from './socket-path';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'socket-'));
  path = join(folder, 'run', 'sidecar.sock');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('makeRoomForSocket', () => {
  it('makes a private folder, and leaves TCP addresses alone', async () => {
    await makeRoomForSocket('127.0.0.1:9191');
    await makeRoomForSocket(`unix:${path}`);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('removes the socket of a dead process', async () => {
    await makeRoomForSocket(`unix:${path}`);
    const dying = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dying]);
    expect((await stat(path)).isSocket()).toBe(true);
    await makeRoomForSocket(`unix:${path}`);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('never removes a file that is not a socket', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'keep me');
    await expect(makeRoomForSocket(`unix:${file}`)).rejects.toThrow('is not a socket');
    await expect(makeRoomForSocket(`unix:${folder}`)).rejects.toThrow('is not a socket');
    expect(await readFile(file, 'utf8')).toBe('keep me');
  });

  it('does not take a socket away from a living process', async () => {
    await makeRoomForSocket(`unix:${path}`);
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(makeRoomForSocket(`unix:${path}`)).rejects.toThrow('in use by another sidecar');
    expect((await stat(path)).isSocket()).toBe(true);
    server.close();
    await once(server, 'close');
  });
});
