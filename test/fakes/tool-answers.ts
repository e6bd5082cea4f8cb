/** Answers of the fake upstream that call two tools at once, in the shapes of its APIs; fixed ids, so tests can name them. */
import type { FakeDialect } from './upstream-answers';

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}

/** What the answer calls; the argument text of the first comes in pieces when streamed. */
export const PARALLEL_CALLS: readonly Call[] = [
  { id: 'call_one', name: 'weather', input: { city: 'Köln', days: 3 } },
  { id: 'call_two', name: 'clock', input: {} },
];

/** Body pieces, one per server-sent event when streamed. */
export function renderParallelCalls(dialect: FakeDialect, model: string, stream: boolean): Buffer[] {
  const pieces = stream ? STREAMED[dialect](model) : [JSON.stringify(COMPLETE[dialect](model))];
  return pieces.map((piece) => Buffer.from(piece));
}

const COMPLETE: Readonly<Record<FakeDialect, (model: string) => Json>> = {
  'openai.chat': (model) => ({
    ...chatEnvelope(model, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, tool_calls: PARALLEL_CALLS.map((call) => chatCall(call)) },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  }),
  'anthropic.messages': (model) => ({
    ...messageEnvelope(model),
    content: PARALLEL_CALLS.map((call) => ({ type: 'tool_use', ...call })),
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  }),
  'openai.responses': (model) => ({
    ...responseEnvelope(model, 'completed'),
    output: PARALLEL_CALLS.map((call) => responseCall(call, 'completed')),
    usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
  }),
};

const STREAMED: Readonly<Record<FakeDialect, (model: string) => string[]>> = {
  'openai.chat': (model) => {
    const event = (delta: Json, finish: string | null = null): string =>
      `data: ${JSON.stringify({
        ...chatEnvelope(model, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, finish_reason: finish }],
      })}\n\n`;
    const calls = PARALLEL_CALLS.flatMap((call, index) => [
      event({ tool_calls: [{ index, ...chatCall(call, '') }] }),
      ...halves(call).map((text) => event({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]);
    return [event({ role: 'assistant', content: null }), ...calls, event({}, 'tool_calls'), 'data: [DONE]\n\n'];
  },
  'anthropic.messages': (model) => {
    const usage = { input_tokens: 11, output_tokens: 1 };
    const blocks = PARALLEL_CALLS.flatMap((call, index) => [
      named('content_block_start', {
        index,
        content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      }),
      ...halves(call).map((partial_json) =>
        named('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }),
      ),
      named('content_block_stop', { index }),
    ]);
    return [
      named('message_start', { message: { ...messageEnvelope(model), content: [], stop_reason: null, usage } }),
      ...blocks,
      named('message_delta', {
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 7 },
      }),
      named('message_stop', {}),
    ];
  },
  'openai.responses': (model) => {
    const items = PARALLEL_CALLS.flatMap((call, output_index): (readonly [string, Json])[] => [
      ['response.output_item.added', { output_index, item: responseCall(call, 'in_progress') }],
      ...halves(call).map(
        (delta) =>
          ['response.function_call_arguments.delta', { output_index, item_id: `fc_${call.id}`, delta }] as const,
      ),
      [
        'response.function_call_arguments.done',
        { output_index, item_id: `fc_${call.id}`, arguments: JSON.stringify(call.input) },
      ],
      ['response.output_item.done', { output_index, item: responseCall(call, 'completed') }],
    ]);
    const started = { response: { ...responseEnvelope(model, 'in_progress'), output: [] } };
    const events: (readonly [string, Json])[] = [
      ['response.created', started],
      ['response.in_progress', started],
      ...items,
      ['response.completed', { response: COMPLETE['openai.responses'](model) }],
    ];
    return events.map(([type, event], sequence_number) => named(type, { ...event, sequence_number }));
  },
};

function chatEnvelope(model: string, object: string): Json {
  return { id: 'chatcmpl-fake', object, created: 1_700_000_000, model };
}

function messageEnvelope(model: string): Json {
  return { id: 'msg_fake', type: 'message', role: 'assistant', model };
}

function responseEnvelope(model: string, status: string): Json {
  return { id: 'resp_fake', object: 'response', created_at: 1_700_000_000, model, status, tools: [], error: null };
}

function chatCall({ id, name, input }: Call, text = JSON.stringify(input)): Json {
  return { id, type: 'function', function: { name, arguments: text } };
}

function responseCall({ id, name, input }: Call, status: string): Json {
  const text = status === 'completed' ? JSON.stringify(input) : '';
  return { id: `fc_${id}`, type: 'function_call', call_id: id, name, arguments: text, status };
}

function named(type: string, event: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...event })}\n\n`;
}

function halves({ input }: Call): readonly string[] {
  const text = JSON.stringify(input);
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
