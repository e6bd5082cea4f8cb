import { answerIdentity, type AnswerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import { printJson } from '../../json/raw';
import type { JsonObject } from '../../json/read';
import { mergeUsage, type StopReason, type Usage } from '../../message';
import { proofToEncryptedContent } from '../../reasoning-proof';
import type { StreamPart } from '../../stream-part';
import { responseError } from './error';
import { ItemQueue } from './item-queue';
import { itemId } from './output-items';
import { Remembered } from './remembered';
import { responseObject, type ResponseState } from './response-object';
import { CallStreamItem, MessageStreamItem, ReasoningStreamItem, type ItemPlace } from './stream-items';
import { incompleteReason } from './vocabulary';

/**
 * Neutral parts to a Responses stream: created, in_progress, items one after the other, one terminal event whose output
 * is what was streamed. https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponsesStreamEncoder implements StreamEncoder {
  private identity: AnswerIdentity | undefined;
  private usage: Usage | undefined;
  private stop: StopReason | undefined;
  private refuses = false;
  private isFinished = false;
  private sequenceNumber = 0;
  private readonly items = new ItemQueue();
  private readonly remembered: Remembered;

  constructor(private readonly context: TranslateResponseContext) {
    this.remembered = new Remembered(context.remembered);
  }

  encode(part: StreamPart): readonly SseEvent[] {
    // Other choices have no place in this API.
    if ('choice' in part && part.choice !== 0) return [];
    switch (part.type) {
      case 'start':
        return this.start(part);
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'finish':
        return this.isFinished ? [] : this.finish(part.stop);
      case 'error':
        return this.fail(part.error);
      case 'done':
        return this.done();
      default:
        if (this.isFinished) return [];
        return [...this.start(), ...this.content(part)];
    }
  }

  private content(part: ContentStreamPart): readonly SseEvent[] {
    switch (part.type) {
      case 'tool-call':
      case 'tool-arguments':
      case 'block-end':
        this.takeCall(part);
        break;
      case 'reasoning':
      case 'reasoning-signature':
      case 'redacted-reasoning':
        this.takeReasoning(part);
        break;
      case 'refusal':
        this.refuses = true;
        this.message().add('refusal', part.text);
        break;
      case 'text':
        this.message().add('output_text', part.text);
        break;
      case 'logprobs':
        this.message().addLogprobs(part.tokens);
        break;
    }
    return this.print(this.items.drain());
  }

  private takeReasoning(part: Extract<StreamPart, { type: `${string}reasoning` | 'reasoning-signature' }>): void {
    if (part.type === 'redacted-reasoning') {
      const item = this.reasoning(`redacted/${this.items.nextIndex}`);
      item.encryptedContent = proofToEncryptedContent(part.data, 'redacted');
      return;
    }
    const item = this.reasoning(`reasoning/${part.block}`);
    if (part.type === 'reasoning') item.add(part.text);
    else item.encryptedContent = proofToEncryptedContent(part.signature, 'signed');
  }

  private takeCall(part: Extract<StreamPart, { type: 'tool-call' | 'tool-arguments' | 'block-end' }>): void {
    if (part.type === 'tool-call') {
      const { id, name, call: key } = part;
      const kind = this.remembered.isCustom(name) ? 'custom_tool_call' : 'function_call';
      this.items.begin(new CallStreamItem(this.place(kind), { id, name, key }, this.remembered));
      return;
    }
    const call = this.items.find(`call/${part.type === 'block-end' ? part.block : part.call}`);
    if (!(call instanceof CallStreamItem)) return;
    if (part.type === 'block-end') call.hasEnded = true;
    else call.add(part.text);
  }

  private message(): MessageStreamItem {
    const { last } = this.items;
    if (last instanceof MessageStreamItem) return last;
    const item = new MessageStreamItem(this.place('message'));
    this.items.begin(item);
    return item;
  }

  private reasoning(key: string): ReasoningStreamItem {
    const { last } = this.items;
    if (last instanceof ReasoningStreamItem && last.key === key) return last;
    const item = new ReasoningStreamItem(this.place('reasoning'), key);
    this.items.begin(item);
    return item;
  }

  private place(kind: Parameters<typeof itemId>[0]): ItemPlace {
    const output_index = this.items.nextIndex;
    return { item_id: itemId(kind, this.known().id, output_index), output_index };
  }

  private start(upstream: Parameters<typeof answerIdentity>[0] = {}): readonly SseEvent[] {
    if (this.identity !== undefined) return [];
    this.identity = answerIdentity(upstream, 'resp_', this.context);
    const response = this.response({ status: 'in_progress', output: [] });
    return this.print([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]);
  }

  private finish(stop: StopReason | undefined): readonly SseEvent[] {
    const opening = this.start();
    this.isFinished = true;
    this.stop = stop;
    const isCut = incompleteReason(stop, this.refuses) !== undefined;
    return [...opening, ...this.print(this.items.end(isCut ? 'incomplete' : 'completed'))];
  }

  private done(): readonly SseEvent[] {
    const events = this.isFinished ? [] : this.finish(undefined);
    const reason = incompleteReason(this.stop, this.refuses);
    const status = reason === undefined ? 'completed' : 'incomplete';
    const { output } = this.items;
    const response = this.response({ status, output, usage: this.usage, incompleteReason: reason });
    return [...events, ...this.print([{ type: `response.${status}`, response }])];
  }

  /** What was not finished stays so: a call whose arguments were cut off must not look like one to be run. */
  private fail(error: NeutralError): readonly SseEvent[] {
    const opening = this.start();
    const { output } = this.items;
    const response = this.response({ status: 'failed', output, usage: this.usage, error: responseError(error) });
    return [...opening, ...this.print([{ type: 'response.failed', response }])];
  }

  private response(state: ResponseState): JsonObject {
    return responseObject(this.known(), this.remembered, state);
  }

  private known(): AnswerIdentity {
    return (this.identity ??= answerIdentity({}, 'resp_', this.context));
  }

  /** The event name repeats the type. */
  private print(events: readonly JsonObject[]): readonly SseEvent[] {
    return events.map(({ type, ...rest }) => {
      const data = printJson({ type, sequence_number: this.sequenceNumber, ...rest });
      this.sequenceNumber += 1;
      return { event: String(type), data };
    });
  }
}

type ContentStreamPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'finish' | 'error' | 'done' }>;
