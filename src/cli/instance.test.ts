import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFolders, instanceOf, instanceWiring, removeSockets } from './instance';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'instance-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('instanceOf', () => {
  it('is the same for every way to write one path, and another for another file', async () => {
    const folder = join(root, 'project');
    await mkdir(folder);
    await symlink(folder, join(root, 'link'));
    const instance = instanceOf(root, join(folder, 'config.yaml'));
    expect(instanceOf(root, join(folder, '..', 'project', 'config.yaml')).folder).toBe(instance.folder);
    expect(instanceOf(root, join(root, 'link', 'config.yaml')).folder).toBe(instance.folder);
    expect(instanceOf(root, join(folder, 'other.yaml')).folder).not.toBe(instance.folder);
  });

  it('keeps the sockets in its folder when their paths are short enough', () => {
    const instance = instanceOf(root, '/etc/config.yaml');
    expect(instance.socketFolder).toBe(instance.folder);
    expect(instanceWiring(instance, 9901)).toEqual({
      sidecar: `unix:${instance.folder}/sidecar.sock`,
      egress: `unix:${instance.folder}/egress.sock`,
      admin: { address: '127.0.0.1', port: 9901 },
      logDirectory: `${instance.folder}/logs`,
    });
  });
});

describe('a home folder that is too deep for a Unix socket', () => {
  const deep = (): string => join(root, 'x'.repeat(100));

  it('puts the sockets into a private temporary folder, and takes them away again', async () => {
    const instance = instanceOf(deep(), '/etc/config.yaml');
    expect(Buffer.byteLength(join(instance.socketFolder, 'sidecar.sock'))).toBeLessThanOrEqual(100);
    await createFolders(instance);
    const made = await stat(instance.socketFolder);
    expect(made.mode & 0o777).toBe(0o700);
    await removeSockets(instance);
    await expect(stat(instance.socketFolder)).rejects.toThrow('ENOENT');
  });

  it('does not trust a folder there that others can enter', async () => {
    const instance = instanceOf(deep(), '/etc/open.yaml');
    await createFolders(instance);
    await chmod(instance.socketFolder, 0o777);
    await expect(createFolders(instance)).rejects.toThrow('not a private folder');
    await rm(instance.socketFolder, { recursive: true });
  });

  it('does not follow a link that somebody put there', async () => {
    const instance = instanceOf(deep(), '/etc/linked.yaml');
    await mkdir(dirname(instance.socketFolder), { recursive: true, mode: 0o700 });
    await symlink(root, instance.socketFolder);
    await expect(createFolders(instance)).rejects.toThrow('not a private folder');
    await rm(instance.socketFolder);
  });
});
