import { access } from 'node:fs/promises';
import { join } from 'node:path';

const FILE_NAMES = ['config.yaml', 'plano_config.yaml'] as const;

/** The configuration of a folder when none is named: `config.yaml`, then `plano_config.yaml`. */
export async function findConfigFile(folder: string): Promise<string | undefined> {
  for (const name of FILE_NAMES) {
    const path = join(folder, name);
    try {
      await access(path);
      return path;
    } catch {
      // Not there: the next name is tried.
    }
  }
  return undefined;
}
