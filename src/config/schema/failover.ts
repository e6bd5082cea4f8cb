import { count, duration, listOf, object, type JsonSchema } from './build';

const NAMED_FAILURES = ['connect', 'reset', 'timeout', '5xx', 'stream_error', 'first_token_timeout'];

/** Extension: when the next candidate is tried; on aliases, routing preferences and the model listener. */
export const failover: JsonSchema = object('When the next candidate is tried (extension of Plano’s file)', {
  on: listOf(
    { enum: [...NAMED_FAILURES, 408, 409, 429, '408', '409', '429'] },
    'Failures that lead to the next candidate; all but stream_error when absent. reset and timeout are one: no answer',
  ),
  per_try_timeout: duration('Longest time for one attempt; an equal share of the listener’s timeout when absent'),
  first_token_timeout: duration('Longest silence of a streamed answer before its first token'),
  max_attempts: count('Most attempts in all; every candidate once when absent', { minimum: 1 }),
});
