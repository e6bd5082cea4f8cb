import { callIdWithoutSignature } from '../../call-id';
import { RawJson } from '../../json/raw';
import { isObject, type JsonObject } from '../../json/read';
import type { Message, Part, ToolCallPart, ToolResultPart } from '../../message';
import type { Warnings } from '../../warnings';
import { thinksInLevels, type Generation } from './generation';
import { encodeMedia } from './media';
import { placeSignatures } from './turn-signatures';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** Gemini refuses contents without parts, and parts with an empty text. */
const BLANK: JsonObject = { text: ' ' };

/**
 * Neutral messages as contents. System text moves to `systemInstruction`, wherever it stood; neighbours of one role share
 * one content, because roles must alternate; results stand in the order of the calls they answer.
 */
export class ContentsEncoder {
  readonly contents: Content[] = [];
  readonly system: JsonObject[] = [];
  /** Name and place of every call so far, by id. */
  private readonly calls = new Map<string, { readonly name: string; readonly place: number }>();

  constructor(
    private readonly generation: Generation,
    private readonly warnings: Warnings,
  ) {}

  add(messages: readonly Message[]): this {
    for (const [index, message] of messages.entries()) this.message(message, messages[index + 1]?.role);
    return this;
  }

  private message(message: Message, following: Message['role'] | undefined): void {
    switch (message.role) {
      case 'system':
        return this.systemText(message.parts);
      case 'assistant':
        return this.append('model', this.assistantParts(message.parts));
      case 'tool':
        return this.results(message.parts, following);
      case 'user': {
        const parts = message.parts.flatMap((part) => this.userPart(part));
        return this.append('user', parts.length > 0 ? parts : [BLANK]);
      }
    }
  }

  private systemText(parts: readonly Part[]): void {
    if (this.contents.length > 0) this.warnings.add('System messages inside the conversation were moved to its front.');
    for (const part of parts) {
      if (part.type === 'text' && part.text.trim() !== '') this.system.push({ text: part.text });
    }
  }

  private userPart(part: Part): JsonObject[] {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [{ text: part.text }];
      case 'image':
      case 'document':
      case 'audio':
        return [encodeMedia(part.type, part.source)];
      case 'tool-result':
        return [this.result(part)];
      default:
        return [];
    }
  }

  private assistantParts(parts: readonly Part[]): JsonObject[] {
    const signatures = placeSignatures(parts, thinksInLevels(this.generation));
    return parts.flatMap((part): JsonObject[] => {
      const signature = signatures.get(part);
      const signed = signature === undefined ? {} : { thoughtSignature: signature };
      switch (part.type) {
        case 'text':
          return part.text === '' ? [] : [{ text: part.text, ...signed }];
        case 'refusal':
          return part.text === '' ? [] : [{ text: part.text }];
        case 'tool-call':
          return [{ functionCall: this.call(part), ...signed }];
        case 'image':
        case 'document':
        case 'audio':
          return [encodeMedia(part.type, part.source)];
        default:
          // Thoughts need not come back; what proves them stands on the parts they led to.
          return [];
      }
    });
  }

  private call(part: ToolCallPart): JsonObject {
    this.calls.set(callIdWithoutSignature(part.id), { name: part.name, place: this.calls.size });
    const args = argumentsObject(part.argumentsText);
    if (args === undefined) this.warnings.add('Tool arguments that were no JSON object became an empty object.');
    return { name: part.name, args: args ?? new RawJson('{}') };
  }

  private heldResults: ToolResultPart[] = [];

  /** Results may come one message each; they are sorted when the last of them is here. */
  private results(parts: readonly Part[], following: Message['role'] | undefined): void {
    for (const part of parts) if (part.type === 'tool-result') this.heldResults.push(part);
    if (following === 'tool') return;
    const place = ({ callId }: ToolResultPart): number => this.calls.get(callIdWithoutSignature(callId))?.place ?? 0;
    const sorted = this.heldResults.toSorted((left, right) => place(left) - place(right));
    this.heldResults = [];
    const media = sorted.flatMap((result) => result.parts.filter((part) => part.type !== 'text'));
    this.append('user', [
      ...sorted.map((result) => this.result(result)),
      ...media.flatMap((part) => this.userPart(part)),
    ]);
  }

  /** Gemini knows a result by the name of its function. */
  private result({ callId, parts, isError }: ToolResultPart): JsonObject {
    const name = this.calls.get(callIdWithoutSignature(callId))?.name;
    if (name === undefined)
      this.warnings.add('A tool result that answers no call in the conversation was sent under its call id.');
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    return {
      functionResponse: {
        name: name ?? callIdWithoutSignature(callId),
        response: { [isError ? 'error' : 'output']: text },
      },
    };
  }

  private append(role: Content['role'], parts: readonly JsonObject[]): void {
    if (parts.length === 0) return;
    const last = this.contents.at(-1);
    if (last?.role !== role) {
      this.contents.push({ role, parts: [...parts] });
      return;
    }
    for (const part of parts) last.parts.push(part);
  }
}

/** Argument text as the JSON object it is, unchanged; `{}` for none; undefined when it is something else or cut off. */
export function argumentsObject(text: string): RawJson | undefined {
  if (text.trim() === '') return new RawJson('{}');
  try {
    return isObject(JSON.parse(text)) ? new RawJson(text.trim()) : undefined;
  } catch {
    return undefined;
  }
}
