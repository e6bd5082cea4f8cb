/** Where the embedded sentence encoder lies and what its card says. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelCard } from './encoder-messages';

/**
 * Folder `models/encoder` of this package, found upwards from here so that it is the same from `src` and from `dist`.
 * @throws Error when no folder above holds it (an incomplete installation).
 */
export function findModelDirectory(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'models', 'encoder');
    if (existsSync(join(candidate, 'model.json'))) return candidate;
    if (folder === dirname(folder)) {
      throw new Error(`The sentence encoder is missing: no models/encoder/model.json in any folder above ${from}.`);
    }
  }
}

/** Reads `model.json`. @throws Error naming the file when it is missing or not a model card. */
export function readModelCard(modelDirectory: string): ModelCard {
  const path = join(modelDirectory, 'model.json');
  try {
    const card = JSON.parse(readFileSync(path, 'utf8')) as ModelCard;
    if (typeof card.thresholds.acceptScore !== 'number' || card.selfTest.length === 0) {
      throw new Error('it has no thresholds or no self-test');
    }
    return card;
  } catch (error) {
    throw new Error(`The model card ${path} cannot be used.`, { cause: error });
  }
}
