import type { TranslateContext } from '../../api';
import { parseJson } from '../../json/raw';
import { asObject, type JsonObject } from '../../json/read';
import type { ChatRequest } from '../../message';
import type { Warnings } from '../../warnings';
import { wordTable } from '../../words';

/** Members of the API that callers write beside their own API's, in either spelling; they go through as they are. */
const MEMBERS = wordTable<string>({
  guardrailConfig: 'guardrailConfig',
  guardrail_config: 'guardrailConfig',
  performanceConfig: 'performanceConfig',
  performance_config: 'performanceConfig',
  requestMetadata: 'requestMetadata',
  request_metadata: 'requestMetadata',
  additionalModelResponseFieldPaths: 'additionalModelResponseFieldPaths',
  additional_model_response_field_paths: 'additionalModelResponseFieldPaths',
});

const ADDITIONAL: readonly string[] = ['additionalModelRequestFields', 'additional_model_request_fields'];

/**
 * Header with tags for the model invocation log, a JSON object of strings. A caller's `metadata` never ends up there: it
 * was not written for a log of Amazon's.
 */
const METADATA_HEADER = 'x-bedrock-metadata';

/** What the API takes as a tag. */
const TAG = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

export interface HostFields {
  readonly members: JsonObject;
  readonly additionalModelRequestFields: JsonObject;
}

export function readHostFields(request: ChatRequest, context: TranslateContext, warnings: Warnings): HostFields {
  const members: Record<string, unknown> = {};
  let additional: JsonObject = {};
  for (const [name, value] of Object.entries(request.otherFields ?? {})) {
    const member = MEMBERS[name];
    if (member !== undefined) members[member] = value;
    if (ADDITIONAL.includes(name)) additional = { ...additional, ...asObject(value) };
    if (member !== undefined || ADDITIONAL.includes(name)) warnings.carried(name);
  }
  const tags = readTags(context.requestHeaders?.[METADATA_HEADER], warnings);
  if (tags !== undefined) members['requestMetadata'] = { ...asObject(members['requestMetadata']), ...tags };
  return { members, additionalModelRequestFields: additional };
}

function readTags(header: string | undefined, warnings: Warnings): JsonObject | undefined {
  if (header === undefined) return undefined;
  const entries = Object.entries(parsedObject(header) ?? {});
  const valid = entries.filter(([name, value]) => name !== '' && TAG.test(name) && TAG.test(String(value)));
  if (valid.length < entries.length || entries.length === 0) {
    warnings.add(`Tags in ${METADATA_HEADER} that Bedrock does not take were left out.`);
  }
  return valid.length === 0 ? undefined : Object.fromEntries(valid.map(([name, value]) => [name, String(value)]));
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    return asObject(parseJson(text));
  } catch {
    return undefined;
  }
}
