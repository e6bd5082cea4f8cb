import type { AnswerIdentity } from '../../answer-identity';
import { asObject, type JsonObject } from '../../json/read';
import type { Usage } from '../../message';
import type { Remembered } from './remembered';
import { encodeUsage, type Status } from './vocabulary';

export interface ResponseState {
  readonly status: Status;
  readonly output: readonly JsonObject[];
  readonly usage?: Usage | undefined;
  readonly incompleteReason?: string | undefined;
  readonly error?: JsonObject;
}

/**
 * The response object: https://platform.openai.com/docs/api-reference/responses/object. Every member of the published
 * schema is there, because typed clients read them without asking; what the request did not say has the API's default.
 */
export function responseObject(identity: AnswerIdentity, { fields }: Remembered, state: ResponseState): JsonObject {
  const { status, output, usage, incompleteReason, error } = state;
  return {
    id: identity.id,
    object: 'response',
    created_at: identity.createdSeconds,
    status,
    background: false,
    error: error ?? null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    instructions: fields['instructions'] ?? null,
    max_output_tokens: fields['max_output_tokens'] ?? null,
    max_tool_calls: fields['max_tool_calls'] ?? null,
    model: identity.model,
    output,
    parallel_tool_calls: fields['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    ...optional(fields, 'prompt_cache_key'),
    reasoning: { effort: null, summary: null, ...asObject(fields['reasoning']) },
    ...optional(fields, 'safety_identifier'),
    ...optional(fields, 'service_tier'),
    // Other vendors keep nothing, whatever the caller asked for.
    store: false,
    temperature: fields['temperature'] ?? null,
    text: { format: { type: 'text' }, ...asObject(fields['text']) },
    tool_choice: fields['tool_choice'] ?? 'auto',
    tools: fields['tools'] ?? [],
    top_logprobs: fields['top_logprobs'] ?? 0,
    top_p: fields['top_p'] ?? null,
    truncation: fields['truncation'] ?? 'disabled',
    usage: usage === undefined ? null : encodeUsage(usage),
    user: fields['user'] ?? null,
    metadata: fields['metadata'] ?? {},
  };
}

function optional(fields: JsonObject, name: string): JsonObject {
  return fields[name] === undefined ? {} : { [name]: fields[name] };
}
