import { METADATA_EXCHANGE_NAMESPACE, NOTED_ANSWER_FIELD, NOTED_ANSWER_HEADERS } from '../config/names';
import { because, extension, type EnvoyObject } from './resource';

/** Enough for any header that is of interest. */
const MOST_CHARACTERS = 100;

/**
 * Keeps status and limits of a failed answer for the next attempt's stream: the front stream sees the last answer only.
 * envoy.filters.http.lua, because it is the one upstream filter that can write metadata without a call to somebody else.
 */
export function answerNote(): EnvoyObject {
  return extension(
    'outerloop.answer-note',
    'envoy.extensions.filters.http.lua.v3.Lua',
    because(
      { default_source_code: { inline_string: script() } },
      {
        default_source_code:
          'Metadata of an attempt’s filters is that of the whole request, so the next attempt sees it.',
      },
    ),
  );
}

function script(): string {
  const names = NOTED_ANSWER_HEADERS.map((name) => `'${name}'`).join(', ');
  return `local names = {${names}}
function envoy_on_response(handle)
  local headers = handle:headers()
  local note = headers:get(':status')
  if note < '400' then return end
  for _, name in ipairs(names) do
    local value = headers:get(name)
    if value then note = note .. '\\n' .. name .. ': ' .. value:sub(1, ${MOST_CHARACTERS}) end
  end
  handle:streamInfo():dynamicMetadata():set('${METADATA_EXCHANGE_NAMESPACE}', '${NOTED_ANSWER_FIELD}', note)
end
`;
}
