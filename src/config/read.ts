import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Tags } from 'yaml';
import { ConfigDocument, type Data, type Place } from './config-document';
import { ProblemList } from './problem-list';

/** What the parser calls a mistake, in words for people. */
const SYNTAX_SENTENCES: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'An alias (`*name`) cannot have an anchor or a tag.',
  BAD_ALIAS: 'This alias (`*name`) cannot be used: the anchor (`&name`) must be set before it.',
  BAD_DQ_ESCAPE: 'This escape sequence does not exist inside double quotes; single quotes take a backslash literally.',
  BAD_INDENT: 'The indentation does not fit the lines around it.',
  BAD_SCALAR_START: 'A plain text cannot start with this character; put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'This goes on in a way that cannot be read: the next line is indented too far, or a text with a colon needs quotes.',
  BLOCK_IN_FLOW: 'A block cannot stand inside `[…]` or `{…}`.',
  MISSING_CHAR: 'A character is missing here: a closing quote or bracket, or a space or colon before this place.',
  NON_STRING_KEY: 'A key must be a single text, not a list or a mapping.',
  MULTILINE_IMPLICIT_KEY: 'A key must stand on one line; perhaps a colon is missing.',
  TAB_AS_INDENT: 'Tabs cannot be used for indentation; use spaces.',
  TAG_RESOLVE_FAILED: 'This tag (`!name`) is not known here.',
  UNEXPECTED_TOKEN: 'Nothing of this kind is expected here.',
};

/** `yes`, `on` and the like are booleans in the YAML that such files are written for; `y` and `n` alone are not. */
const BOOLEAN_WORDS = {
  true: /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
  false: /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
};

/** YAML 1.1 without the types that turn ordinary texts (`2023-06-01`, `1:30`) into something else. */
function withoutSurprises(tags: Tags): Tags {
  return tags.flatMap((tag): Tags => {
    if (typeof tag === 'string') return [tag];
    if (/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag) || ('format' in tag && tag.format === 'TIME')) return [];
    if (!tag.tag.endsWith(':bool') || !('test' in tag) || tag.test === undefined) return [tag];
    return [{ ...tag, test: tag.test.test('yes') ? BOOLEAN_WORDS.true : BOOLEAN_WORDS.false }];
  });
}

export interface ReadResult {
  /** Absent when the text cannot be read as one mapping. */
  readonly document?: ConfigDocument;
  readonly problems: ProblemList;
}

/** Parses a configuration text. Gathers every syntax problem; the data is only given when there is none. */
export function readConfig(file: string, text: string): ReadResult {
  const lines = text.split('\n');
  const problems = new ProblemList(file, (line) => (lines[line - 1] ?? '').trimEnd());
  const lineCounter = new LineCounter();
  const yaml = parse(text, lineCounter);
  if (yaml === undefined) {
    problems.add('yaml_syntax', FILE_START, { message: 'The file is nested too deeply to be read.' });
    return { problems };
  }
  reportSyntax(yaml, lineCounter, problems);
  if (problems.hasErrors) return { problems };
  const data = plainData(yaml, problems);
  if (data === undefined) return { problems };
  reportDuplicateKeys(yaml, lineCounter, problems);
  return { document: new ConfigDocument(file, text, data, yaml, lineCounter), problems };
}

export const FILE_START: Place = { line: 1, column: 1, length: 1 };

function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, {
      schema: 'yaml-1.1',
      merge: true,
      customTags: withoutSurprises,
      uniqueKeys: false,
      // Else the key `on` of `failover` would be the boolean that the word `on` is as a value.
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter,
    });
  } catch (reason) {
    if (reason instanceof RangeError) return undefined;
    throw reason;
  }
}

function placeAt(lineCounter: LineCounter, offset: number, length = 1): Place {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col), length };
}

function reportSyntax(yaml: Document, lineCounter: LineCounter, problems: ProblemList): void {
  const told = new Set<number>();
  for (const fault of [...yaml.errors, ...yaml.warnings.filter((item) => item.code === 'TAG_RESOLVE_FAILED')]) {
    // The parser often stumbles twice over the same spot; the first sentence is the better one.
    if (told.has(fault.pos[0])) continue;
    told.add(fault.pos[0]);
    const place = placeAt(lineCounter, fault.pos[0]);
    if (fault.code === 'MULTIPLE_DOCS') {
      problems.add('several_documents', place, { message: 'A second YAML document starts here.' });
    } else {
      const message = SYNTAX_SENTENCES[fault.code] ?? 'This is not valid YAML.';
      problems.add('yaml_syntax', place, { message });
    }
  }
  visit(yaml, {
    Alias: (_key, alias) => {
      if (alias.resolve(yaml) !== undefined) return;
      problems.add('yaml_syntax', placeAt(lineCounter, alias.range?.[0] ?? 0, alias.source.length + 1), {
        message: `Nothing before this place has the anchor \`&${alias.source}\`.`,
        fix: 'Set the anchor before it is used, or put the text in quotes if it is meant literally.',
      });
    },
  });
}

function plainData(yaml: Document, problems: ProblemList): Data | undefined {
  let data: unknown;
  try {
    // Copied through JSON so that an anchor used twice becomes two objects, each with its own place.
    data = JSON.parse(JSON.stringify(yaml.toJS({ maxAliasCount: 100 }), keepOddNumbers) ?? 'null');
  } catch {
    problems.add('yaml_syntax', FILE_START, {
      message: 'The aliases (`*name`) of this file refer to themselves, to nothing, or expand to far too much text.',
    });
    return undefined;
  }
  if (data === null) {
    problems.add('empty_file', FILE_START, { message: 'The file holds no configuration.' });
    return undefined;
  }
  if (typeof data !== 'object' || Array.isArray(data)) {
    const kind = Array.isArray(data) ? 'a list' : 'a single value';
    problems.add('not_a_mapping', FILE_START, { message: `The file holds ${kind} instead of keys with values.` });
    return undefined;
  }
  return data as Data;
}

/** JSON knows neither infinity nor NaN; as text they are refused wherever a number is asked for. */
function keepOddNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function reportDuplicateKeys(yaml: Document, lineCounter: LineCounter, problems: ProblemList): void {
  visit(yaml, {
    Map: (_key, map) => {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.range === undefined || key.range === null || isAlias(key)) continue;
        const name = String(key.value);
        const earlier = seen.get(name);
        const place = placeAt(lineCounter, key.range[0], name.length);
        if (earlier !== undefined && name !== '<<') {
          problems.add('duplicate_key', place, {
            message: `\`${name}\` is written twice in the same place; it already stands in line ${earlier}.`,
          });
        }
        seen.set(name, place.line);
      }
      return isMap(map) ? undefined : visit.SKIP;
    },
  });
}
