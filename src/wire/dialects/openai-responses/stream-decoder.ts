import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { statusOfErrorType } from '../../error-shape';
import { asFilled, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { StreamPart } from '../../stream-part';
import { decodeLogprobs } from '../openai-chat/logprobs';
import { decodeOutputItem } from './answer';
import { decodeStop, decodeUsage } from './vocabulary';

interface ItemState {
  /** Block or call number for the neutral parts. */
  readonly number: number;
  /** Something readable of it has been passed on. */
  isShown: boolean;
  /** The call was announced. */
  isAnnounced: boolean;
  /** Arguments that came so far, passed on or not. */
  argumentsText: string;
  passedCharacters: number;
  isEnded: boolean;
}

/**
 * Responses events to neutral parts: https://platform.openai.com/docs/api-reference/responses-streaming. Hosts leave out
 * deltas, or everything but the final items; what has not come as a delta is taken from the event that has it whole.
 */
export class ResponsesStreamDecoder implements StreamDecoder {
  private started = false;
  private readonly items = new Map<string, ItemState>();
  private callsTools = false;

  decode({ event, data }: { readonly event?: string; readonly data: JsonObject }): readonly StreamPart[] {
    const type = asFilled(data['type']) ?? event ?? '';
    const response = asObject(data['response']);
    switch (type) {
      case 'error':
        return [errorPart(asObject(data['error']) ?? data)];
      case 'response.failed':
        return [errorPart(asObject(response?.['error']) ?? {})];
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.start(response);
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
      case 'response.done':
        return [...this.start(response), ...this.terminal(response ?? {})];
      default:
        if (type === '' && data['error'] != null) return [errorPart(asObject(data['error']) ?? {})];
        return this.step(type, data);
    }
  }

  private start(response: JsonObject | undefined): readonly StreamPart[] {
    if (this.started) return [];
    this.started = true;
    const head = defined({
      id: asFilled(response?.['id']),
      model: asFilled(response?.['model']),
      createdSeconds: asNumber(response?.['created_at']),
    });
    return [{ type: 'start', ...head }];
  }

  private step(type: string, data: JsonObject): readonly StreamPart[] {
    const text = asString(data['delta']) ?? '';
    switch (type) {
      case 'response.output_item.added':
        return this.begin(asObject(data['item']) ?? {}, this.item(data));
      case 'response.output_item.done':
        return this.complete(asObject(data['item']) ?? {}, this.item(data));
      case 'response.output_text.delta':
        return [
          ...this.show(data, text, (block) => ({ type: 'text', choice: 0, block, text })),
          ...logprobParts(data['logprobs']),
        ];
      case 'response.refusal.delta':
        return this.show(data, text, () => ({ type: 'refusal', choice: 0, text }));
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.show(data, text, (block) => ({ type: 'reasoning', choice: 0, block, text }));
      case 'response.reasoning_summary_part.added':
        return this.nextSummary(data);
      case 'response.function_call_arguments.delta': {
        const item = this.item(data);
        return this.argue(item, item.argumentsText + text);
      }
      case 'response.function_call_arguments.done':
        return this.argue(this.item(data), asString(data['arguments']) ?? '');
      default:
        return [];
    }
  }

  private item(data: JsonObject): ItemState {
    const id = asFilled(data['item_id']) ?? asFilled(asObject(data['item'])?.['id']);
    const key = asNumber(data['output_index'])?.toString() ?? id ?? 'only';
    const known = this.items.get(key);
    if (known !== undefined) return known;
    const number = this.items.size;
    const item = {
      number,
      isShown: false,
      isAnnounced: false,
      argumentsText: '',
      passedCharacters: 0,
      isEnded: false,
    };
    this.items.set(key, item);
    return item;
  }

  private show(data: JsonObject, text: string, part: (block: number) => StreamPart): readonly StreamPart[] {
    if (text === '') return [];
    const item = this.item(data);
    item.isShown = true;
    return [part(item.number)];
  }

  /** Summaries of one item are paragraphs of one text. */
  private nextSummary(data: JsonObject): readonly StreamPart[] {
    const item = this.item(data);
    return item.isShown ? [{ type: 'reasoning', choice: 0, block: item.number, text: '\n\n' }] : [];
  }

  private begin(content: JsonObject, item: ItemState): readonly StreamPart[] {
    return content['type'] === 'function_call' ? this.announce(content, item) : [];
  }

  private announce(content: JsonObject, item: ItemState): readonly StreamPart[] {
    if (item.isAnnounced) return [];
    item.isAnnounced = true;
    this.callsTools = true;
    const id = asFilled(content['call_id']) ?? asFilled(content['id']) ?? `call_${item.number}`;
    const call: StreamPart = {
      type: 'tool-call',
      choice: 0,
      call: item.number,
      id,
      name: asString(content['name']) ?? '',
    };
    return [call, ...this.argue(item, item.argumentsText)];
  }

  /** Passes on what is new in the arguments, once the call has been announced. */
  private argue(item: ItemState, whole: string): readonly StreamPart[] {
    if (whole.length > item.argumentsText.length) item.argumentsText = whole;
    const text = item.argumentsText.slice(item.passedCharacters);
    if (!item.isAnnounced || text === '') return [];
    item.passedCharacters = item.argumentsText.length;
    return [{ type: 'tool-arguments', choice: 0, call: item.number, text }];
  }

  private complete(content: JsonObject, item: ItemState): readonly StreamPart[] {
    if (item.isEnded) return [];
    item.isEnded = true;
    const parts = decodeOutputItem(content).flatMap((part): readonly StreamPart[] => {
      switch (part.type) {
        case 'tool-call': {
          const opening = this.announce(content, item);
          return [...opening, ...this.argue(item, part.argumentsText)];
        }
        case 'text':
          return item.isShown ? [] : [{ type: 'text', choice: 0, block: item.number, text: part.text }];
        case 'refusal':
          return item.isShown ? [] : [{ type: 'refusal', choice: 0, text: part.text }];
        case 'reasoning':
          return this.reasoning(part.text, part.signature, item);
        case 'redacted-reasoning':
          return item.isShown
            ? [{ type: 'reasoning-signature', choice: 0, block: item.number, signature: part.data }]
            : [{ type: 'redacted-reasoning', choice: 0, data: part.data }];
        default:
          return [];
      }
    });
    return [...parts, { type: 'block-end', choice: 0, block: item.number }];
  }

  private reasoning(text: string, signature: string | undefined, item: ItemState): readonly StreamPart[] {
    const block = item.number;
    return [
      ...(item.isShown || text === '' ? [] : [{ type: 'reasoning' as const, choice: 0, block, text }]),
      ...(signature === undefined ? [] : [{ type: 'reasoning-signature' as const, choice: 0, block, signature }]),
    ];
  }

  /** Hosts that stream no items at all have them in the terminal event. */
  private terminal(response: JsonObject): readonly StreamPart[] {
    const parts: StreamPart[] = [];
    if (this.items.size === 0) {
      asObjects(response['output']).forEach((content, index) => {
        parts.push(...this.complete(content, this.item({ output_index: index })));
      });
    }
    const usage = decodeUsage(response['usage']);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    const stop = decodeStop(response, this.callsTools);
    return [...parts, { type: 'finish', choice: 0, stop }, { type: 'done' }];
  }
}

function logprobParts(content: unknown): readonly StreamPart[] {
  const tokens = decodeLogprobs({ content });
  return tokens === undefined ? [] : [{ type: 'logprobs', choice: 0, tokens }];
}

function errorPart(error: JsonObject): StreamPart {
  const type = asFilled(error['type']) === 'error' ? undefined : asFilled(error['type']);
  const code = asFilled(error['code']) ?? asNumber(error['code'])?.toString();
  const message = asFilled(error['message']) ?? 'The upstream reported an error without a message.';
  const param = asFilled(error['param']);
  return {
    type: 'error',
    error: { status: statusOfErrorType(code, type), message, ...defined({ type, code, param }) },
  };
}
