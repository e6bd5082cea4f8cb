import { isDeepStrictEqual } from 'node:util';
import { readEvents } from './stream-conformance';

type Json = Record<string, unknown>;

const TERMINAL_STATUS: Readonly<Record<string, string>> = {
  'response.completed': 'completed',
  'response.incomplete': 'incomplete',
  'response.failed': 'failed',
};

/** Pieces of an item and the events that carry them: what `delta` adds to, `done` must repeat whole in `member`. */
const PIECES: Readonly<Record<string, { readonly kind: string; readonly member?: string }>> = {
  'response.output_text.delta': { kind: 'output_text' },
  'response.output_text.done': { kind: 'output_text', member: 'text' },
  'response.refusal.delta': { kind: 'refusal' },
  'response.refusal.done': { kind: 'refusal', member: 'refusal' },
  'response.reasoning_summary_text.delta': { kind: 'summary_text' },
  'response.reasoning_summary_text.done': { kind: 'summary_text', member: 'text' },
  'response.function_call_arguments.delta': { kind: 'function_call' },
  'response.function_call_arguments.done': { kind: 'function_call', member: 'arguments' },
  'response.custom_tool_call_input.delta': { kind: 'custom_tool_call' },
  'response.custom_tool_call_input.done': { kind: 'custom_tool_call', member: 'input' },
};

/** Rules of a Responses stream that a client would see broken: https://platform.openai.com/docs/api-reference/responses-streaming */
export function responsesViolations(text: string): readonly string[] {
  const checker = new StreamChecker();
  for (const { event, data } of readEvents(text)) {
    const parsed = JSON.parse(data) as Json;
    if (parsed['type'] !== event) checker.broken.push('event name and type differ');
    checker.step(parsed);
  }
  checker.end();
  return checker.broken;
}

class StreamChecker {
  readonly broken: string[] = [];
  private count = 0;
  private terminal: Json | undefined;
  private item: Json | undefined;
  /** Kind of the open part (or of the call that is its own part), and its text so far. */
  private part: { readonly kind: string; text: string; isWhole: boolean } | undefined;
  private parts = 0;
  private readonly output: unknown[] = [];

  step(event: Json): void {
    const type = String(event['type']);
    if (this.terminal !== undefined) this.broken.push('an event behind the terminal one');
    if (event['sequence_number'] !== this.count) this.broken.push('sequence numbers have gaps');
    if (this.count === 0 && type !== 'response.created') this.broken.push('response.created is not first');
    if (this.count === 1 && type !== 'response.in_progress' && type !== 'response.failed')
      this.broken.push('response.in_progress is not second');
    this.count += 1;
    if (type in TERMINAL_STATUS) this.terminal = event;
    else if (type === 'response.output_item.added') this.open(event);
    else if (type === 'response.output_item.done') this.close(event);
    else if (type.endsWith('_part.added')) this.openPart(event);
    else if (type.endsWith('_part.done')) this.closePart(event);
    else if (type in PIECES) this.piece(type, event);
    else if (this.count > 2) this.broken.push(`unknown event ${type}`);
  }

  end(): void {
    const response = this.terminal?.['response'] as Json | undefined;
    if (response === undefined) {
      this.broken.push('no terminal event');
      return;
    }
    const isFailed = response['status'] === 'failed';
    if (response['status'] !== TERMINAL_STATUS[String(this.terminal?.['type'])])
      this.broken.push('status and event differ');
    if (!isDeepStrictEqual(response['output'], this.output)) this.broken.push('the output is not what was streamed');
    if (this.item !== undefined && !isFailed) this.broken.push('an item is never closed');
    if (isFailed !== (response['error'] !== null)) this.broken.push('status and error differ');
    if ((response['status'] === 'incomplete') !== (response['incomplete_details'] !== null))
      this.broken.push('status and incomplete_details differ');
  }

  private open(event: Json): void {
    if (this.item !== undefined) this.broken.push('two open items');
    if (event['output_index'] !== this.output.length) this.broken.push('output indices have gaps');
    this.item = event['item'] as Json;
    this.parts = 0;
    const kind = String(this.item['type']);
    this.part = kind.endsWith('_call') ? { kind, text: '', isWhole: false } : undefined;
  }

  private close(event: Json): void {
    const item = event['item'] as Json;
    if (item['id'] !== this.item?.['id'] || item['type'] !== this.item?.['type'])
      this.broken.push('the end of an item that is not open');
    const isCall = String(item['type']).endsWith('_call');
    if (isCall && this.part?.isWhole !== true) this.broken.push('a call ends before its arguments');
    if (!isCall && this.part !== undefined) this.broken.push('an item ends before its part');
    if (item['type'] === 'function_call' && item['status'] === 'completed' && !isJson(String(item['arguments'])))
      this.broken.push('arguments are not JSON');
    const shown = (item['content'] ?? item['summary'] ?? []) as unknown[];
    if (!isCall && shown.length !== this.parts) this.broken.push('an item shows other parts than were streamed');
    this.output.push(item);
    this.item = undefined;
    this.part = undefined;
  }

  private openPart(event: Json): void {
    this.checkItem(event);
    if (this.part !== undefined) this.broken.push('two open parts');
    if ((event['content_index'] ?? event['summary_index']) !== this.parts) this.broken.push('part indices have gaps');
    const part = event['part'] as Json;
    this.part = { kind: String(part['type']), text: '', isWhole: false };
  }

  private closePart(event: Json): void {
    this.checkItem(event);
    const part = event['part'] as Json;
    if (this.part?.isWhole !== true || (part['text'] ?? part['refusal']) !== this.part.text)
      this.broken.push('a part ends with other text than was streamed');
    this.part = undefined;
    this.parts += 1;
  }

  private piece(type: string, event: Json): void {
    this.checkItem(event);
    const { kind, member } = PIECES[type] ?? { kind: '' };
    if (this.part === undefined || this.part.kind !== kind || this.part.isWhole) {
      this.broken.push('a piece for a part that is not open');
    } else if (member === undefined) {
      this.part.text += String(event['delta']);
    } else {
      if (event[member] !== this.part.text) this.broken.push('the whole is not the sum of its pieces');
      this.part.isWhole = true;
    }
  }

  private checkItem(event: Json): void {
    if (event['item_id'] !== this.item?.['id'] || event['output_index'] !== this.output.length)
      this.broken.push('an event for an item that is not open');
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
