import { RawJson } from '../../json/raw';
import { asString, isObject } from '../../json/read';

/*
 * A custom tool takes free text. APIs without such tools get a function with one string argument; the same name is used
 * when the call is advertised, replayed and answered, so that the model sees one form only.
 */

const ARGUMENT = 'input';

export const CUSTOM_TOOL_PARAMETERS = new RawJson(
  `{"type":"object","properties":{"${ARGUMENT}":{"type":"string"}},"required":["${ARGUMENT}"],"additionalProperties":false}`,
);

export function inputToArguments(input: string): string {
  return JSON.stringify({ [ARGUMENT]: input });
}

/** The free text in a call's arguments; a model that ignored the form has its whole text taken. */
export function argumentsToInput(argumentsText: string): string {
  try {
    const parsed: unknown = JSON.parse(argumentsText);
    if (typeof parsed === 'string') return parsed;
    const input = isObject(parsed) ? asString(parsed[ARGUMENT]) : undefined;
    return input ?? argumentsText;
  } catch {
    return argumentsText;
  }
}
