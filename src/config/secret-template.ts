import type { SecretTemplate } from './plan';

/**
 * Fills the environment variables of a template.
 *
 * @param secrets values by variable name, memory only
 * @returns the text, or undefined when a variable has no value (an empty value counts as none)
 */
export function fillTemplate(template: SecretTemplate, secrets: ReadonlyMap<string, string>): string | undefined {
  let text = '';
  for (const piece of template) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const value = secrets.get(piece.env);
    if (value === undefined || value === '') return undefined;
    text += value;
  }
  return text;
}
