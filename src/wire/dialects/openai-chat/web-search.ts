import { defined } from '../../defined';
import { asFilled, asObject, type JsonObject } from '../../json/read';

/*
 * Searching the web is a tool in Responses and an option in chat completions, with the same settings. The place of the
 * user lies one level deeper here: `{type, approximate: {city, …}}`.
 */

const TOOL_TYPE = /^web_search(_preview)?(_\d|$)/;

/** The tool's settings as `web_search_options`; undefined when the tool is another one. */
export function searchToolToOptions(tool: JsonObject): JsonObject | undefined {
  if (!TOOL_TYPE.test(asFilled(tool['type']) ?? '') || tool['name'] !== undefined) return undefined;
  const location = asObject(tool['user_location']);
  const { type = 'approximate', ...place } = location ?? {};
  return defined({
    search_context_size: asFilled(tool['search_context_size']),
    user_location: location === undefined ? undefined : { type, approximate: place },
  });
}

/** `web_search_options` as a tool of Responses. */
export function searchOptionsToTool(options: JsonObject): JsonObject {
  const location = asObject(options['user_location']);
  return {
    type: 'web_search',
    ...defined({
      search_context_size: asFilled(options['search_context_size']),
      user_location:
        location === undefined
          ? undefined
          : { type: asFilled(location['type']) ?? 'approximate', ...asObject(location['approximate']) },
    }),
  };
}
