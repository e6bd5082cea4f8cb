import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(path.join(__dirname, '..', 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('package-lock.json', () => {
  // A registry that lacks the builds for some systems makes npm leave them out, and `npm ci` then refuses the lock file
  // everywhere. To mend it, add the entry by hand: version, os, cpu, libc and `"optional": true` are enough.
  it('names the builds of optional packages for every system', () => {
    const locked = new Set(Object.keys(lock.packages).map(nameOf));
    const missing = Object.values(lock.packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !locked.has(name));
    expect(missing).toEqual([]);
  });

  it('names no download address, so that any registry serves', () => {
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.startsWith('http'));
    expect(resolved.map(([place]) => place)).toEqual([]);
  });
});
