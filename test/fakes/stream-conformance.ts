/**
 * Protocol rules of streamed answers, checked on what a client would see. Independent of the code under test: it reads
 * the bytes with a parser of its own. Each check returns the rules that were broken.
 */

interface ReadEvent {
  readonly event: string | undefined;
  readonly data: string;
}

type Json = Record<string, unknown>;

export function readEvents(text: string): readonly ReadEvent[] {
  if (text !== '' && !text.endsWith('\n\n')) throw new Error('the stream does not end with an empty line');
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n');
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7);
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      return { event, data: data.join('\n') };
    });
}

/** Chat completions: https://platform.openai.com/docs/api-reference/chat-streaming */
export function chatViolations(text: string, options: { readonly includeUsage: boolean }): readonly string[] {
  const broken: string[] = [];
  const events = readEvents(text);
  const isFailed = events.at(-1)?.data.startsWith('{"error"') ?? false;
  if (!isFailed && events.at(-1)?.data !== '[DONE]') broken.push('no [DONE] at the end');
  if (events.slice(0, -1).some((event) => event.data === '[DONE]')) broken.push('[DONE] before the end');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.data) as Json);
  for (const key of ['id', 'model', 'object']) {
    if (new Set(chunks.map((chunk) => chunk[key])).size > 1) broken.push(`${key} changes`);
  }
  const usages = chunks.filter((chunk) => chunk['usage'] !== undefined);
  if (usages.length > (options.includeUsage ? 1 : 0)) broken.push('usage is repeated or was not asked for');
  if (usages.some((chunk) => chunk !== chunks.at(-1) || list(chunk['choices']).length > 0))
    broken.push('usage has no chunk of its own');
  const choices = chunks.flatMap((chunk) => list(chunk['choices']));
  for (const index of new Set(choices.map((choice) => choice['index']))) {
    broken.push(
      ...choiceViolations(
        choices.filter((choice) => choice['index'] === index),
        isFailed,
      ),
    );
  }
  return broken;
}

function choiceViolations(steps: readonly Json[], isFailed: boolean): readonly string[] {
  const broken: string[] = [];
  const deltas = steps.map((step) => step['delta'] as Json);
  if (deltas.findIndex((delta) => 'role' in delta) !== 0) broken.push('the first delta has no role');
  if (deltas.filter((delta) => 'role' in delta).length !== 1) broken.push('role is repeated');
  const finishes = steps.filter((step) => step['finish_reason'] !== null);
  if (finishes.length !== (isFailed ? 0 : 1) && !(isFailed && finishes.length === 1))
    broken.push('not one finish_reason');
  if (finishes.length === 1 && steps.at(-1) !== finishes[0]) broken.push('content behind finish_reason');
  const calls = new Map<number, string>();
  for (const call of deltas.flatMap((delta) => list(delta['tool_calls']))) {
    const index = call['index'] as number;
    const definition = call['function'] as Json;
    if (!calls.has(index)) {
      if (index !== calls.size) broken.push('call indices have gaps');
      if (typeof call['id'] !== 'string' || typeof definition['name'] !== 'string')
        broken.push('a call starts without id or name');
    }
    calls.set(index, (calls.get(index) ?? '') + String(definition['arguments']));
  }
  if (!isFailed && [...calls.values()].some((text) => !isJson(text))) broken.push('arguments are not JSON');
  return broken;
}

/** Text completions: https://platform.openai.com/docs/api-reference/completions */
export function completionsViolations(text: string, options: { readonly includeUsage: boolean }): readonly string[] {
  const broken: string[] = [];
  const events = readEvents(text);
  const isFailed = events.at(-1)?.data.startsWith('{"error"') ?? false;
  if (!isFailed && events.at(-1)?.data !== '[DONE]') broken.push('no [DONE] at the end');
  if (events.slice(0, -1).some((event) => event.data === '[DONE]')) broken.push('[DONE] before the end');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.data) as Json);
  for (const key of ['id', 'model', 'object']) {
    if (new Set(chunks.map((chunk) => chunk[key])).size > 1) broken.push(`${key} changes`);
  }
  if (chunks.filter((chunk) => chunk['usage'] !== undefined).length > (options.includeUsage ? 1 : 0))
    broken.push('usage is repeated or was not asked for');
  const choices = chunks.flatMap((chunk) => list(chunk['choices']));
  if (choices.some((choice) => typeof choice['text'] !== 'string')) broken.push('a choice without text');
  const finishes = choices.filter((choice) => choice['finish_reason'] !== null);
  if (!isFailed && finishes.length !== new Set(choices.map((choice) => choice['index'])).size)
    broken.push('not one finish_reason per choice');
  return broken;
}

/** Messages: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function messagesViolations(text: string): readonly string[] {
  const broken: string[] = [];
  const events = readEvents(text).map(({ event, data }) => {
    const parsed = JSON.parse(data) as Json;
    if (parsed['type'] !== event) broken.push('event name and type differ');
    return parsed;
  });
  const types = events.map((event) => String(event['type']));
  const isFailed = types.at(-1) === 'error';
  if (types.length > (isFailed ? 1 : 0) && types[0] !== 'message_start') broken.push('message_start is not first');
  if (types.filter((type) => type === 'message_start').length > 1) broken.push('message_start is repeated');
  if (!isFailed && types.slice(-2).join() !== 'message_delta,message_stop')
    broken.push('no message_delta and message_stop at the end');
  if (types.filter((type) => type === 'message_delta').length !== (isFailed ? 0 : 1))
    broken.push('not one message_delta');
  broken.push(...blockViolations(events, isFailed));
  return broken;
}

function blockViolations(events: readonly Json[], isFailed: boolean): readonly string[] {
  const broken: string[] = [];
  let open: Json | undefined;
  let next = 0;
  let argumentsText = '';
  for (const event of events) {
    if (event['type'] === 'content_block_start') {
      if (open !== undefined) broken.push('two open blocks');
      if (event['index'] !== next) broken.push('block indices have gaps');
      open = event;
      argumentsText = '';
    } else if (event['type'] === 'content_block_delta') {
      if (open?.['index'] !== event['index']) broken.push('a delta for a block that is not open');
      argumentsText += (event['delta'] as { partial_json?: string }).partial_json ?? '';
    } else if (event['type'] === 'content_block_stop') {
      if (open?.['index'] !== event['index']) broken.push('the end of a block that is not open');
      if ((open?.['content_block'] as Json | undefined)?.['type'] === 'tool_use' && !isJson(argumentsText))
        broken.push('arguments are not JSON');
      open = undefined;
      next += 1;
    } else if (event['type'] === 'message_delta' && open !== undefined) {
      broken.push('a block is open at the end');
    }
  }
  if (open !== undefined && !isFailed) broken.push('a block is never closed');
  return broken;
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
