import { isObject, type JsonObject } from '../../json/read';
import type { TokenLogprob } from '../../message';
import { argumentsToInput } from './custom-tool';
import { callItem, messageItem, reasoningItem, refusalPart, textPart, tokenList } from './output-items';
import type { Remembered } from './remembered';
import type { Status } from './vocabulary';

/** One output item of a stream, from `output_item.added` to `output_item.done`. Events come without sequence numbers. */
export interface StreamItem {
  /** Kind and upstream key: a piece with the same one belongs to this item. */
  readonly key: string;
  /** Whether another item may begin before this one was told to end. */
  readonly mayEnd: boolean;
  open(): readonly JsonObject[];
  /** Sends what has been added since. */
  flush(): readonly JsonObject[];
  close(status: Status): readonly JsonObject[];
  /** The item as `output_item.done` and the response show it. */
  done(status: Status): JsonObject;
}

/** Where an item is: its id and its place in the output. */
export interface ItemPlace {
  readonly item_id: string;
  readonly output_index: number;
}

type ContentType = 'output_text' | 'refusal';

interface ContentPart {
  readonly type: ContentType;
  text: string;
  readonly logprobs: TokenLogprob[];
  /** Characters that have been sent. */
  sent: number;
  isOpen: boolean;
  isClosed: boolean;
}

export class MessageStreamItem implements StreamItem {
  readonly key = 'message';
  readonly mayEnd = true;
  private readonly parts: ContentPart[] = [];

  constructor(private readonly place: ItemPlace) {}

  add(type: ContentType, text: string): void {
    const last = this.parts.at(-1);
    if (last?.type === type) last.text += text;
    else this.parts.push({ type, text, logprobs: [], sent: 0, isOpen: false, isClosed: false });
  }

  /** They are shown with the whole text: other APIs tell them apart from its pieces. */
  addLogprobs(tokens: readonly TokenLogprob[]): void {
    this.parts.at(-1)?.logprobs.push(...tokens);
  }

  open(): readonly JsonObject[] {
    return [added(this.place, messageItem(this.place.item_id, 'in_progress', []))];
  }

  flush(): readonly JsonObject[] {
    return this.parts.flatMap((part, index) => {
      const events = this.send(part, index);
      return index < this.parts.length - 1 ? [...events, ...this.closePart(part, index)] : events;
    });
  }

  close(status: Status): readonly JsonObject[] {
    const events = this.parts.flatMap((part, index) => this.closePart(part, index));
    return [...events, ended(this.place, this.done(status))];
  }

  done(status: Status): JsonObject {
    return messageItem(this.place.item_id, status, this.parts.map(contentOf));
  }

  private send(part: ContentPart, index: number): JsonObject[] {
    const place = { ...this.place, content_index: index };
    const events: JsonObject[] = [];
    if (!part.isOpen) {
      part.isOpen = true;
      events.push({
        type: 'response.content_part.added',
        ...place,
        part: contentOf({ ...part, text: '', logprobs: [] }),
      });
    }
    const delta = part.text.slice(part.sent);
    if (delta === '') return events;
    part.sent = part.text.length;
    const event = { type: `response.${part.type}.delta`, ...place, delta };
    return [...events, part.type === 'output_text' ? { ...event, logprobs: [] } : event];
  }

  private closePart(part: ContentPart, index: number): JsonObject[] {
    if (part.isClosed) return [];
    part.isClosed = true;
    const place = { ...this.place, content_index: index };
    const whole =
      part.type === 'output_text'
        ? { type: 'response.output_text.done', ...place, text: part.text, logprobs: tokenList(part.logprobs) }
        : { type: 'response.refusal.done', ...place, refusal: part.text };
    return [whole, { type: 'response.content_part.done', ...place, part: contentOf(part) }];
  }
}

function contentOf(part: Pick<ContentPart, 'type' | 'text' | 'logprobs'>): JsonObject {
  return part.type === 'output_text' ? textPart(part.text, part.logprobs) : refusalPart(part.text);
}

/** Reasoning is shown as one summary part: the form that every client of this API can read. */
export class ReasoningStreamItem implements StreamItem {
  readonly mayEnd = true;
  encryptedContent: string | undefined;
  private text = '';
  private sent = 0;
  private isPartOpen = false;

  constructor(
    private readonly place: ItemPlace,
    readonly key: string,
  ) {}

  add(text: string): void {
    this.text += text;
  }

  open(): readonly JsonObject[] {
    return [added(this.place, reasoningItem(this.place.item_id, '', undefined))];
  }

  flush(): readonly JsonObject[] {
    const delta = this.text.slice(this.sent);
    if (delta === '') return [];
    this.sent = this.text.length;
    const place = { ...this.place, summary_index: 0 };
    const event = { type: 'response.reasoning_summary_text.delta', ...place, delta };
    if (this.isPartOpen) return [event];
    this.isPartOpen = true;
    return [{ type: 'response.reasoning_summary_part.added', ...place, part: summaryPart('') }, event];
  }

  close(status: Status): readonly JsonObject[] {
    const place = { ...this.place, summary_index: 0 };
    const { text } = this;
    const part = [
      { type: 'response.reasoning_summary_text.done', ...place, text },
      { type: 'response.reasoning_summary_part.done', ...place, part: summaryPart(text) },
    ];
    return [...(this.isPartOpen ? part : []), ended(this.place, this.done(status))];
  }

  done(_status: Status): JsonObject {
    return reasoningItem(this.place.item_id, this.text, this.encryptedContent);
  }
}

function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text };
}

/** A function call, or a custom tool's, whose free text is known only when its arguments are whole. */
export class CallStreamItem implements StreamItem {
  readonly key: string;
  /** The upstream said that there is no more. */
  hasEnded = false;
  private argumentsText = '';
  private sent = 0;
  private readonly isCustom: boolean;

  constructor(
    private readonly place: ItemPlace,
    private readonly call: { readonly key: number; readonly id: string; readonly name: string },
    private readonly remembered: Remembered,
  ) {
    this.key = `call/${call.key}`;
    this.isCustom = remembered.isCustom(call.name);
  }

  get mayEnd(): boolean {
    return this.hasEnded || isWhole(this.argumentsText);
  }

  add(text: string): void {
    this.argumentsText += text;
  }

  open(): readonly JsonObject[] {
    return [added(this.place, this.done('in_progress'))];
  }

  flush(): readonly JsonObject[] {
    const delta = this.isCustom ? '' : this.argumentsText.slice(this.sent);
    if (delta === '') return [];
    this.sent = this.argumentsText.length;
    return [{ type: 'response.function_call_arguments.delta', ...this.place, delta }];
  }

  close(status: Status): readonly JsonObject[] {
    const { name } = this.call;
    if (this.isCustom) {
      const input = argumentsToInput(this.argumentsText);
      return [
        { type: 'response.custom_tool_call_input.delta', ...this.place, delta: input },
        { type: 'response.custom_tool_call_input.done', ...this.place, input },
        ended(this.place, this.done(status)),
      ];
    }
    // Arguments must concatenate to JSON; a call without any gets an empty object.
    if (this.argumentsText.trim() === '') this.add('{}');
    return [
      ...this.flush(),
      { type: 'response.function_call_arguments.done', ...this.place, name, arguments: this.argumentsText },
      ended(this.place, this.done(status)),
    ];
  }

  done(status: Status): JsonObject {
    const { id, name } = this.call;
    return callItem(this.place.item_id, status, { id, name, argumentsText: this.argumentsText }, this.remembered);
  }
}

function added({ output_index }: ItemPlace, item: JsonObject): JsonObject {
  return { type: 'response.output_item.added', output_index, item };
}

function ended({ output_index }: ItemPlace, item: JsonObject): JsonObject {
  return { type: 'response.output_item.done', output_index, item };
}

function isWhole(argumentsText: string): boolean {
  try {
    return isObject(JSON.parse(argumentsText));
  } catch {
    return false;
  }
}
