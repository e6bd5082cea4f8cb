import { isDocumentExtension } from './media-formats';

/** Longest name that the API takes. */
const MAX_CHARACTERS = 200;
const UNNAMED = 'document';

/**
 * Names of the documents of one request: the API allows letters, digits, single blanks, hyphens, parentheses and brackets,
 * and wants every name once. The extension goes, because the format is said beside the name.
 */
export class DocumentNames {
  private readonly used = new Set<string>();

  fit(wanted: string | undefined): string {
    const name = cleaned(wanted ?? '') || UNNAMED;
    let unique = name;
    for (let count = 2; this.used.has(unique); count += 1) unique = `${name} (${count})`;
    this.used.add(unique);
    return unique;
  }
}

function cleaned(name: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1];
  const hasExtension = extension !== undefined && isDocumentExtension(extension.toLowerCase());
  const stem = hasExtension ? name.slice(0, -extension.length - 1) : name;
  return stem
    .replace(/[^a-zA-Z0-9\s\-()[\]]+/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_CHARACTERS);
}
