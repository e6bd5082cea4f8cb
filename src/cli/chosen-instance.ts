import { resolve } from 'node:path';
import { findConfigFile } from '../config';
import { CommandFailure } from './failure';
import { instanceOf, type Instance } from './instance';
import { runningInstances } from './instance-state';
import { zeroConfigFile } from './read-config';
import type { Terminal } from './terminal';
import { homeFolder } from './wiring';

/**
 * The instance that `down`, `status` and `logs` mean: the one of the named file, else the only one that runs, else the one of
 * this folder's configuration.
 * @throws CommandFailure when several run and none of them belongs to this folder.
 */
export async function chooseInstance(given: string | undefined, terminal: Terminal): Promise<Instance> {
  const home = homeFolder(terminal.env);
  if (given !== undefined) return instanceOf(home, resolve(terminal.folder, given));
  const running = (await runningInstances(home)).map(({ instance }) => instance);
  const [only] = running;
  if (only !== undefined && running.length === 1) return only;
  const here = [await findConfigFile(terminal.folder), zeroConfigFile(terminal.folder)]
    .filter((file) => file !== undefined)
    .map((file) => instanceOf(home, resolve(terminal.folder, file)));
  if (running.length === 0) return here[0] ?? instanceOf(home, zeroConfigFile(terminal.folder));
  const local = here.find((candidate) => running.some(({ folder }) => folder === candidate.folder));
  if (local !== undefined) return local;
  throw new CommandFailure('Several instances run; name the configuration of the one you mean.', {
    details: running.map(({ configFile }) => configFile),
    fix: 'For example: outerloop status FILE',
    exitCode: 2,
  });
}
