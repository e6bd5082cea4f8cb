import type { SecretTemplate } from './plan';

/** Puts values into a template. Undefined when one of them is missing: half a credential is worse than none. */
export function fillTemplate(template: SecretTemplate, secrets: ReadonlyMap<string, string>): string | undefined {
  let text = '';
  for (const part of template) {
    const piece = typeof part === 'string' ? part : secrets.get(part.env);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}
