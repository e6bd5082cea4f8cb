import type { ErrorObject } from 'ajv';
import { pathText, type Path } from './config-document';
import { isSensitiveName, maskUrl } from './mask';
import type { ProblemDetail } from './problem-list';
import type { ProblemCode } from './problem-table/index';
import { enumerate, nearest, suggestion } from './suggest';

interface PhrasedError extends ProblemDetail {
  readonly code: ProblemCode;
  /** Whether the key or the value is wrong. */
  readonly part: 'key' | 'value';
  /** Whether the value at the path must not be used. */
  readonly drop: boolean;
}

/** The few facts of a schema node that sentences are made of. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Keys of older or similar files, and what is written today. */
const RENAMED_KEYS: Readonly<Record<string, string>> = {
  listener: 'Write the list `listeners:`, each entry with `type`, `name` and `port`.',
  provider: 'Write the provider as the first part of `model`, for example `model: openai/gpt-4o`.',
  api_key: 'Write `access_key: $YOUR_VARIABLE`.',
  max_overhead_pct: 'Write `max_switch_spend_pct`.',
  rate_limits: 'Write the top-level list `ratelimits:`.',
  endpoint: 'Write the address as `base_url:` with its scheme.',
  sampling_rate: 'Write `random_sampling:`, a percentage.',
};

/** A schema error as a problem in words. `path` is the value (or unknown key) that is meant. */
export function phraseSchemaError(fault: ErrorObject, path: Path): PhrasedError {
  const schema = (fault.parentSchema ?? {}) as SchemaNode;
  switch (fault.keyword) {
    case 'additionalProperties':
      return phraseUnknownKey(schema, path);
    case 'required':
      return phraseMissingKey(fault, schema, path);
    case 'enum':
    case 'const':
      return phraseEnum(fault, schema, path);
    case 'minimum':
    case 'maximum':
      return phraseRange(fault, schema, path);
    case 'minItems':
      return {
        code: 'empty_value',
        part: 'value',
        drop: false,
        message: `\`${name(path)}\` is empty.`,
        fix: 'Add at least one entry.',
      };
    default:
      return phraseType(fault, schema, path);
  }
}

function name(path: Path): string {
  const text = pathText(path);
  return text === '' ? 'the file' : text;
}

function lastKey(path: Path): string {
  return String(path.findLast((step) => typeof step === 'string') ?? '');
}

function phraseUnknownKey(schema: SchemaNode, path: Path): PhrasedError {
  const key = String(path.at(-1));
  const known = Object.keys(schema.properties ?? {});
  const parent = pathText(path.slice(0, -1));
  const where = parent === '' ? 'at the top level of the file' : `in \`${parent}\``;
  const near = nearest(key, known);
  const renamed = RENAMED_KEYS[key];
  const advice = near !== undefined ? `Did you mean \`${near}\`?` : `Known here: ${enumerate(known, 'and')}.`;
  return {
    code: 'unknown_key',
    part: 'key',
    drop: true,
    message: `\`${key}\` is not a known key ${where}.`,
    fix: renamed === undefined || near !== undefined ? advice : renamed,
  };
}

function phraseMissingKey(fault: ErrorObject, schema: SchemaNode, path: Path): PhrasedError {
  const key = String(fault.params['missingProperty']);
  const purpose = (schema.properties?.[key] ?? {}).description;
  const where = path.length === 0 ? 'The file' : `\`${name(path)}\``;
  return {
    code: 'missing_key',
    part: 'value',
    drop: false,
    message: `${where} has no \`${key}\`.`,
    ...(purpose === undefined ? {} : { why: `\`${key}\` is required: ${lowerFirst(purpose)}.` }),
    fix: key === 'version' ? 'Add `version: v0.4.0` as the first line.' : `Add \`${key}:\` here.`,
  };
}

function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) ? (sentence[0] ?? '').toLowerCase() + sentence.slice(1) : sentence;
}

function phraseEnum(fault: ErrorObject, schema: SchemaNode, path: Path): PhrasedError {
  const allowed = (schema.enum ?? []).map(String);
  return {
    code: 'unknown_value',
    part: 'value',
    drop: true,
    message: `\`${name(path)}\` is ${shown(fault.data, path, false)}, which is not one of its values.`,
    why: `It can be ${enumerate(allowed)}.`,
    fix:
      lastKey(path) === 'version'
        ? versionAdvice(fault.data, allowed)
        : suggestion(scalarText(fault.data), allowed, 'Remove the key.'),
  };
}

/** A near version may be another dialect, so only a different spelling is suggested. */
function versionAdvice(written: unknown, allowed: readonly string[]): string {
  const bare = scalarText(written).replace(/^v/, '');
  const spelling = allowed.find((version) => version.replace(/^v/, '').startsWith(bare));
  return `Write \`version: ${spelling ?? 'v0.4.0'}\`.`;
}

function phraseRange(fault: ErrorObject, schema: SchemaNode, path: Path): PhrasedError {
  const { minimum, maximum } = schema;
  const limits =
    minimum !== undefined && maximum !== undefined
      ? `from ${minimum} to ${maximum}`
      : minimum !== undefined
        ? `of at least ${minimum}`
        : `of at most ${String(maximum)}`;
  return {
    code: 'out_of_range',
    part: 'value',
    drop: true,
    message: `\`${name(path)}\` is ${shown(fault.data, path)}, which is outside of its limits.`,
    ...(schema.description === undefined ? {} : { why: `${schema.description}.` }),
    fix: `Write a number ${limits}.`,
  };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a mapping of keys',
};

function phraseType(fault: ErrorObject, schema: SchemaNode, path: Path): PhrasedError {
  const types = [schema.type ?? []].flat();
  // Port numbers may be references, which is worth no mention when something else was written.
  // The same holds for the old form of `listeners`.
  const wanted =
    types.length !== 2 ? types : types.includes('integer') ? ['integer'] : types.includes('object') ? ['array'] : types;
  const isDuration = schema.description?.includes('duration') === true;
  const words = isDuration ? 'a duration such as `30s`' : wanted.map((type) => TYPE_WORDS[type] ?? type).join(' or ');
  return {
    code: 'wrong_type',
    part: 'value',
    drop: true,
    message: `\`${name(path)}\` must be ${words}, but it is ${shown(fault.data, path)}.`,
    ...(schema.description === undefined ? {} : { why: `${schema.description}.` }),
    fix: typeAdvice(fault.data, wanted, schema, path),
  };
}

function typeAdvice(data: unknown, wanted: readonly string[], schema: SchemaNode, path: Path): string {
  const key = lastKey(path);
  if (schema.enum !== undefined) return `Use one of ${enumerate(schema.enum.map(String))}.`;
  if (data === null) return 'Write a value, or remove the key.';
  if (isSensitiveName(key))
    return typeof data === 'object' ? 'Write a single value.' : 'Write it in the right type; texts stand in quotes.';
  if (wanted.includes('integer') || wanted.includes('number')) {
    if (typeof data === 'string' && /^-?\d+(\.\d+)?$/.test(data))
      return `Write it without quotes: \`${key}: ${data}\`.`;
    if (typeof data === 'number') return `Write a whole number: \`${key}: ${Math.round(data)}\`.`;
    return 'Write a number.';
  }
  if (wanted.includes('boolean')) return 'Write `true` or `false` without quotes.';
  if (wanted.includes('array')) return 'Write one entry per line, each starting with `- `.';
  if (wanted.includes('object')) return 'Write `key: value` lines, indented below the key.';
  const isDuration = schema.description?.includes('duration') === true;
  if (isDuration && typeof data === 'number') return `Write the unit too: \`${key}: ${data}s\`.`;
  return typeof data === 'object' ? 'Write a single text.' : `Put it in quotes: \`"${scalarText(data)}"\`.`;
}

const MAX_SHOWN = 60;

/** A wrong value as it may be shown: short, and never something secret. */
function shown(data: unknown, path: Path, withKind = true): string {
  if (data === null) return 'empty';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a mapping of keys';
  if (isSensitiveName(lastKey(path))) return typeof data === 'string' ? 'a text' : `a ${typeof data}`;
  const text = maskUrl(scalarText(data));
  const clipped = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return typeof data === 'string' && withKind ? `the text \`${clipped}\`` : `\`${clipped}\``;
}

function scalarText(data: unknown): string {
  return typeof data === 'string' ? data : JSON.stringify(data);
}
