/**
 * What the fake upstream says: complete and streamed answers and errors in the shapes of three APIs. Pure and deterministic
 * (fixed ids and times), so that a test can compute the exact bytes that it must find at the other end.
 */

export type FakeDialect = 'openai.chat' | 'openai.responses' | 'anthropic.messages';

/** What of a request an answer depends on. */
export interface AnswerFacts {
  readonly dialect: FakeDialect;
  /** As received. */
  readonly model: string;
  readonly stream: boolean;
  /** openai.chat: stream_options.include_usage. */
  readonly includeUsage: boolean;
  /** Name of the first tool that the request offers. */
  readonly toolName?: string;
}

export interface AnswerScript {
  /** Text of the answer; absent: `intro` and some words in several scripts. */
  readonly text?: string;
  /** First words of the default text; tells upstreams apart. */
  readonly intro: string;
  /** Number of text events of a streamed answer. */
  readonly events?: number;
  /** Exact size of a complete (not streamed) answer; too small for JSON: that many `x`. */
  readonly bodyBytes?: number;
  /** Answer with a call of the request's first tool. */
  readonly callTool?: boolean;
}

type Json = Readonly<Record<string, unknown>>;
type NamedEvent = Json & { readonly type: string };

const CREATED_SECONDS = 1_700_000_000;
const PROMPT_TOKENS = 11;
const WORDS = ['Grüße ', 'aus ', '東京, ', '🚄 ', 'naïve ', 'שלום ', '"quoted" ', 'line\n'] as const;
const TOOL_ARGUMENTS = { city: 'Köln', days: 3 } as const;

/** Body pieces of a successful answer: one piece per server-sent event, or one piece in all. */
export function renderAnswer(facts: AnswerFacts, script: AnswerScript): Buffer[] {
  const tool = script.callTool === true ? facts.toolName : undefined;
  const pieces = textPieces(script);
  if (facts.stream) return STREAMED[facts.dialect](facts, pieces, tool).map((event) => Buffer.from(event));
  const render = (text: string): Buffer => Buffer.from(JSON.stringify(COMPLETE[facts.dialect](facts, text, tool)));
  if (script.bodyBytes === undefined) return [render(pieces.join(''))];
  const missing = script.bodyBytes - render('').length;
  if (missing < 0) return [Buffer.alloc(script.bodyBytes, 'x')];
  // The token counts grow with the text, so the last bytes are white space behind the object.
  const body = render('ü'.repeat(Math.max(0, Math.floor(missing / 2) - 16)));
  return [Buffer.concat([body, Buffer.alloc(script.bodyBytes - body.length, ' ')])];
}

/** An error as the vendors write it. */
export function renderError(dialect: FakeDialect, status: number, message: string): Buffer {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'api_error' : 'invalid_request_error';
  const error =
    dialect === 'anthropic.messages'
      ? { type: 'error', error: { type, message }, request_id: 'req_fake' }
      : { error: { message, type, param: null, code: null } };
  return Buffer.from(JSON.stringify(error));
}

/** The text of the default answer, for assertions. */
export function answerText(script: AnswerScript): string {
  return textPieces(script).join('');
}

function textPieces(script: AnswerScript): string[] {
  if (script.text !== undefined) return script.text === '' ? [] : (script.text.match(/[\s\S]{1,7}/gu) ?? []);
  const events = script.events ?? WORDS.length + 1;
  return Array.from({ length: events }, (_, index) =>
    index === 0 ? `${script.intro} ` : (WORDS[(index - 1) % WORDS.length] ?? ''),
  );
}

const COMPLETE: Readonly<Record<FakeDialect, (facts: AnswerFacts, text: string, tool: string | undefined) => Json>> = {
  'openai.chat': (facts, text, tool) => ({
    ...chatEnvelope(facts, 'chat.completion'),
    choices: [
      {
        index: 0,
        message:
          tool === undefined
            ? { role: 'assistant', content: text, refusal: null }
            : { role: 'assistant', content: null, tool_calls: [chatToolCall(tool, JSON.stringify(TOOL_ARGUMENTS))] },
        logprobs: null,
        finish_reason: tool === undefined ? 'stop' : 'tool_calls',
      },
    ],
    usage: chatUsage(text),
  }),
  'anthropic.messages': (facts, text, tool) => ({
    ...messageEnvelope(facts),
    content: [
      tool === undefined
        ? { type: 'text', text }
        : { type: 'tool_use', id: 'toolu_fake', name: tool, input: TOOL_ARGUMENTS },
    ],
    stop_reason: tool === undefined ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: PROMPT_TOKENS, output_tokens: tokenCount(text) },
  }),
  'openai.responses': (facts, text, tool) => ({
    ...responseEnvelope(facts, 'completed'),
    output: [responseItem(text, tool, 'completed')],
    usage: {
      input_tokens: PROMPT_TOKENS,
      output_tokens: tokenCount(text),
      total_tokens: PROMPT_TOKENS + tokenCount(text),
    },
  }),
};

const STREAMED: Readonly<
  Record<FakeDialect, (facts: AnswerFacts, pieces: readonly string[], tool: string | undefined) => string[]>
> = { 'openai.chat': chatEvents, 'anthropic.messages': messageEvents, 'openai.responses': responseEvents };

function chatEvents(facts: AnswerFacts, pieces: readonly string[], tool: string | undefined): string[] {
  const event = (delta: Json, finish: string | null = null): string =>
    `data: ${JSON.stringify({
      ...chatEnvelope(facts, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    })}\n\n`;
  const deltas: Json[] =
    tool === undefined
      ? pieces.map((content) => ({ content }))
      : [
          { tool_calls: [{ index: 0, ...chatToolCall(tool, '') }] },
          ...halves(JSON.stringify(TOOL_ARGUMENTS)).map((text) => ({
            tool_calls: [{ index: 0, function: { arguments: text } }],
          })),
        ];
  const usage = { ...chatEnvelope(facts, 'chat.completion.chunk'), choices: [], usage: chatUsage(pieces.join('')) };
  return [
    event({ role: 'assistant', content: tool === undefined ? '' : null }),
    ...deltas.map((delta) => event(delta)),
    event({}, tool === undefined ? 'stop' : 'tool_calls'),
    ...(facts.includeUsage ? [`data: ${JSON.stringify(usage)}\n\n`] : []),
    'data: [DONE]\n\n',
  ];
}

function messageEvents(facts: AnswerFacts, pieces: readonly string[], tool: string | undefined): string[] {
  const block =
    tool === undefined ? { type: 'text', text: '' } : { type: 'tool_use', id: 'toolu_fake', name: tool, input: {} };
  const deltas =
    tool === undefined
      ? pieces.map((text) => ({ type: 'text_delta', text }))
      : halves(JSON.stringify(TOOL_ARGUMENTS)).map((part) => ({ type: 'input_json_delta', partial_json: part }));
  const start = {
    ...messageEnvelope(facts),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: PROMPT_TOKENS, output_tokens: 1 },
  };
  const events: NamedEvent[] = [
    { type: 'message_start', message: start },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: tool === undefined ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage: { output_tokens: tokenCount(pieces.join('')) },
    },
    { type: 'message_stop' },
  ];
  return events.map(namedEvent);
}

function responseEvents(facts: AnswerFacts, pieces: readonly string[], tool: string | undefined): string[] {
  const text = pieces.join('');
  const place = { item_id: 'item_fake', output_index: 0 };
  const part = { ...place, content_index: 0 };
  const body: NamedEvent[] =
    tool === undefined
      ? [
          { type: 'response.content_part.added', ...part, part: { type: 'output_text', text: '', annotations: [] } },
          ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...part, delta })),
          { type: 'response.output_text.done', ...part, text },
          { type: 'response.content_part.done', ...part, part: { type: 'output_text', text, annotations: [] } },
        ]
      : halves(JSON.stringify(TOOL_ARGUMENTS)).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...place,
          delta,
        }));
  const events: NamedEvent[] = [
    { type: 'response.created', response: { ...responseEnvelope(facts, 'in_progress'), output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: responseItem('', tool, 'in_progress') },
    ...body,
    { type: 'response.output_item.done', output_index: 0, item: responseItem(text, tool, 'completed') },
    { type: 'response.completed', response: COMPLETE['openai.responses'](facts, text, tool) },
  ];
  return events.map((event, index) => namedEvent({ ...event, sequence_number: index }));
}

function namedEvent(event: NamedEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function chatEnvelope(facts: AnswerFacts, object: string): Json {
  return { id: 'chatcmpl-fake', object, created: CREATED_SECONDS, model: facts.model, system_fingerprint: 'fp_fake' };
}

function messageEnvelope(facts: AnswerFacts): Json {
  return { id: 'msg_fake', type: 'message', role: 'assistant', model: facts.model };
}

function responseEnvelope(facts: AnswerFacts, status: string): Json {
  return { id: 'resp_fake', object: 'response', created_at: CREATED_SECONDS, model: facts.model, status };
}

function responseItem(text: string, tool: string | undefined, status: string): Json {
  if (tool === undefined) {
    const content = status === 'completed' ? [{ type: 'output_text', text, annotations: [] }] : [];
    return { id: 'item_fake', type: 'message', role: 'assistant', status, content };
  }
  const callArguments = status === 'completed' ? JSON.stringify(TOOL_ARGUMENTS) : '';
  return {
    id: 'item_fake',
    type: 'function_call',
    call_id: 'call_fake',
    name: tool,
    arguments: callArguments,
    status,
  };
}

function chatToolCall(name: string, text: string): Json {
  return { id: 'call_fake', type: 'function', function: { name, arguments: text } };
}

function chatUsage(text: string): Json {
  const completion_tokens = tokenCount(text);
  return { prompt_tokens: PROMPT_TOKENS, completion_tokens, total_tokens: PROMPT_TOKENS + completion_tokens };
}

function tokenCount(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function halves(text: string): readonly string[] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
