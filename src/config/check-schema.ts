import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { ConfigDocument, Data, Path, Step } from './config-document';
import type { FileData } from './draft';
import { phraseSchemaError } from './phrase-schema-error';
import type { ProblemList } from './problem-list';
import { CONFIG_SCHEMA } from './schema/index';

let compiled: ValidateFunction | undefined;

/**
 * Compiled on first use. Every start of the command line pays for it, so what only makes a long-lived validator faster is
 * off, and a test checks the schema itself instead of every start.
 */
function validator(): ValidateFunction {
  const { $schema: _dialect, ...schema } = CONFIG_SCHEMA;
  compiled ??= new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  }).compile(schema);
  return compiled;
}

/**
 * Reports everything that does not fit the schema and returns what does: wrong values and unknown keys are left out, so
 * that later rules can rely on the types of what is there and still check all the rest.
 */
export function checkSchema(document: ConfigDocument, problems: ProblemList): FileData {
  const validate = validator();
  if (validate(document.root)) return document.root;
  const dropped = new Set<string>();
  for (const fault of worthTelling(validate.errors ?? [])) {
    const path = pathOf(fault);
    const { code, part, drop, ...detail } = phraseSchemaError(fault, path);
    problems.add(code, document.placeOf(path, part), detail);
    if (drop) dropped.add(pointer(path));
  }
  return withoutPaths(document, dropped);
}

/** One sentence per place: a wrong type makes the complaint about its value pointless. */
function worthTelling(faults: readonly ErrorObject[]): readonly ErrorObject[] {
  const rank = (fault: ErrorObject): number => (fault.keyword === 'type' ? 0 : 1);
  const told = new Set<string>();
  return [...faults]
    .filter((fault) => fault.keyword !== 'if')
    .sort((a, b) => rank(a) - rank(b))
    .filter((fault) => {
      const kind = fault.keyword === 'required' ? String(fault.params['missingProperty']) : '';
      const identity = `${pointer(pathOf(fault))} ${kind}`;
      if (told.has(identity)) return false;
      told.add(identity);
      return true;
    });
}

/** Path of the value that is meant; for unknown keys the path of the key. */
function pathOf(fault: ErrorObject): Path {
  const steps = fault.instancePath
    .split('/')
    .slice(1)
    .map((step): Step => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return /^\d+$/.test(name) ? Number(name) : name;
    });
  return fault.keyword === 'additionalProperties' ? [...steps, String(fault.params['additionalProperty'])] : steps;
}

function pointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function withoutPaths(document: ConfigDocument, dropped: ReadonlySet<string>): Data {
  const copy = (value: unknown, at: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const kept = value.map((_item, index) => index).filter((index) => !dropped.has(`${at}/${index}`));
      return document.adopt(
        kept.map((index) => copy(value[index], `${at}/${index}`)),
        value,
        kept,
      );
    }
    const entries = Object.entries(value)
      .map(([key, item]) => [key, item, at + pointer([key])] as const)
      .filter(([, , path]) => !dropped.has(path))
      .map(([key, item, path]) => [key, copy(item, path)]);
    return document.adopt(Object.fromEntries(entries) as object, value);
  };
  return copy(document.root, '') as Data;
}
