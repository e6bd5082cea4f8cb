/** Cuts an agent's description into the capabilities it lists. Pure text work; `agent-profile.ts` embeds the result. */

/** Beyond these an operator writes a manual, not a description; the rest would only cost start-up time. */
const MAX_DESCRIPTION_CHARACTERS = 4_000;
const MAX_PHRASES = 48;
const MIN_PHRASE_CHARACTERS = 3;

/** "Card payments and refunds: declined, pending …": the words before the colon name what the list is about. */
const HEADING = /^([^:]{3,60}):\s+([\s\S]*)$/;

const LIST_SEPARATOR = /[,;:]|\.(?=\s|$)|\n+/;
const CONJUNCTION = /\s+(?:and|or|such as)\s+/i;
const LEADING_CONJUNCTION = /^(?:and|or)\s+/i;

/** Openings that say "this is an agent" rather than what it can do. */
const FILLER_OPENING =
  /^(?:(?:an?|this|the)?\s*(?:agent|assistant) (?:that|which|for|to)\s+)?(?:helps?(?: (?:you|users?|people|customers?))?(?: with)?|assists?(?: with)?|answers? (?:questions|queries) (?:about|on)|handles?|manages?|provides?|deals with|responsible for|everyday)\s+/i;

/** `weather_agent`, `weather-agent` and `WeatherAgent` become words. */
export function humaniseName(name: string): string {
  return name
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replace(/[_\-.\s]+/g, ' ')
    .trim();
}

/** Description as it is embedded whole: one line, bounded, with the agent's name in front. */
export function describeAgent(name: string, description: string): string {
  return `${humaniseName(name)}: ${tidy(description)}`;
}

/**
 * Capability phrases of one agent, without repetitions: every item of the description's lists, as it stands and cut at
 * "and", "or", "such as"; the heading; and the agent's name.
 */
export function capabilityPhrases(name: string, description: string): string[] {
  const text = tidy(description);
  const [, heading, list] = HEADING.exec(text) ?? [undefined, undefined, text];
  const items = list.split(LIST_SEPARATOR).map((item) => item.trim().replace(LEADING_CONJUNCTION, ''));
  const candidates = [
    humaniseName(name),
    ...(heading === undefined ? [] : [heading]),
    ...items,
    ...items.flatMap((item) => item.split(CONJUNCTION)),
  ];
  const phrases = candidates.map((phrase) => phrase.trim().replace(FILLER_OPENING, ''));
  const distinct = new Map(phrases.map((phrase) => [phrase.toLowerCase(), phrase]));
  return [...distinct.values()].filter((phrase) => phrase.length >= MIN_PHRASE_CHARACTERS).slice(0, MAX_PHRASES);
}

function tidy(description: string): string {
  return description.slice(0, MAX_DESCRIPTION_CHARACTERS).replace(/\s+/g, ' ').trim();
}
