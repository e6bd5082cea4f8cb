import { describe, expect, it } from '@jest/globals';
import { CommandFailure } from './failure';
import { defaultWiring, homeFolder, readAddress } from './wiring';

const env = { OUTERLOOP_HOME: '/var/lib/outerloop' };

describe('homeFolder', () => {
  it('is OUTERLOOP_HOME, made absolute, else a folder of the user', () => {
    expect(homeFolder(env)).toBe('/var/lib/outerloop');
    expect(homeFolder({ OUTERLOOP_HOME: 'state' })).toBe(`${process.cwd()}/state`);
    expect(homeFolder({})).toMatch(/^\/.*\/\.outerloop$/);
  });
});

describe('defaultWiring', () => {
  it('gives compile and serve the same sockets', () => {
    expect(defaultWiring(env)).toEqual({
      sidecar: 'unix:/var/lib/outerloop/run/sidecar.sock',
      egress: 'unix:/var/lib/outerloop/run/egress.sock',
      admin: { address: '127.0.0.1', port: 0 },
    });
  });

  it.each([
    ['0.0.0.0:9191', '127.0.0.1:9192'],
    ['sidecar.example:65535', '127.0.0.1:65534'],
    ['[::1]:9191', '127.0.0.1:9192'],
    ['unix:/run/a.sock', 'unix:/var/lib/outerloop/run/egress.sock'],
  ])('for a sidecar at %s the egress listener is at %s', (sidecar, egress) => {
    expect(defaultWiring(env, sidecar)).toMatchObject({ sidecar, egress });
  });

  it('takes an egress address as it is given', () => {
    expect(defaultWiring(env, 'unix:/a.sock', '127.0.0.1:7000').egress).toBe('127.0.0.1:7000');
  });
});

describe('readAddress', () => {
  it.each([
    ['unix:/a/b.sock', 'unix:/a/b.sock'],
    ['unix:///a/b.sock', 'unix:/a/b.sock'],
    ['/a/b.sock', 'unix:/a/b.sock'],
    ['unix:b.sock', `unix:${process.cwd()}/b.sock`],
    ['localhost:80', 'localhost:80'],
    ['[::1]:80', '[::1]:80'],
  ])('reads %s as %s', (given, read) => {
    expect(readAddress(given)).toBe(read);
  });

  it.each(['', 'unix:', 'localhost', '127.0.0.1:', '127.0.0.1:0', '127.0.0.1:70000', 'a b:80', ':80'])(
    'refuses "%s"',
    (given) => {
      expect(() => readAddress(given)).toThrow(CommandFailure);
      expect(() => readAddress(given)).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );
});
