import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asFilled, asObject, asString, isObject, type JsonObject } from '../../json/read';
import type { Message, Part, ToolResultPart } from '../../message';
import type { Warnings } from '../../warnings';
import { argsText } from './call-ids';
import { decodeMedia } from './media';
import { member } from './member';
import { thoughtSignatureToProof } from './signature';

/** The `contents` of a request; a single one and a plain text are accepted. Throws GatewayError `invalid_request`. */
export function readContents(body: JsonObject): readonly JsonObject[] {
  const contents = body['contents'];
  if (contents === undefined || contents === null) throw invalid('contents', 'is missing');
  const list: readonly unknown[] = Array.isArray(contents) ? contents : [contents];
  if (list.length === 0) throw invalid('contents', 'must hold at least one content');
  return list.map((content, index) => {
    if (typeof content === 'string') return { role: 'user', parts: [{ text: content }] };
    if (!isObject(content)) throw invalid(`contents[${index}]`, 'must be an object');
    return content;
  });
}

/** Parts of a content; a plain text is one. */
export function readParts(content: JsonObject, place: string): readonly JsonObject[] {
  const parts = content['parts'];
  if (parts === undefined || parts === null) return [];
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [parts];
  return list.map((part, index) => {
    if (typeof part === 'string') return { text: part };
    if (!isObject(part)) throw invalid(`${place}.parts[${index}]`, 'must be an object');
    return part;
  });
}

/**
 * Contents to neutral messages. Calls and results find each other by id where they have one, else by name and order, and
 * get ids that are the same on every attempt.
 */
export class ContentsDecoder {
  private callCount = 0;
  /** Ids of the latest turn's calls, by name, and how many of them have their result. */
  private open = new Map<string, { readonly ids: string[]; answered: number }>();

  constructor(private readonly warnings: Warnings) {}

  decode(content: JsonObject, place: string): readonly Message[] {
    const parts = readParts(content, place).map((part, index) => ({ part, at: `${place}.parts[${index}]` }));
    switch (content['role'] ?? 'user') {
      case 'model':
      case 'assistant':
        this.open = new Map();
        return [{ role: 'assistant', parts: parts.flatMap(({ part, at }) => this.part(part, at, true)) }];
      case 'system':
        return [{ role: 'system', parts: parts.flatMap(({ part, at }) => this.part(part, at, false)) }];
      case 'user':
      case 'function':
      case 'tool':
      case '':
        return this.userMessages(parts.flatMap(({ part, at }) => this.part(part, at, false)));
      default:
        throw invalid(`${place}.role`, 'must be user or model');
    }
  }

  private userMessages(parts: readonly Part[]): readonly Message[] {
    const results = parts.filter((part) => part.type === 'tool-result');
    const rest = parts.filter((part) => part.type !== 'tool-result');
    return [
      ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : []),
      ...(rest.length > 0 || results.length === 0 ? [{ role: 'user' as const, parts: rest }] : []),
    ];
  }

  private part(part: JsonObject, place: string, isModel: boolean): readonly Part[] {
    const call = asObject(member(part, 'functionCall'));
    if (call !== undefined) return [this.call(call, place)];
    const response = asObject(member(part, 'functionResponse'));
    if (response !== undefined) return [this.result(response, place)];
    const text = asString(part['text']);
    if (isModel && part['thought'] === true)
      return thoughtParts(text ?? '', asFilled(member(part, 'thoughtSignature')));
    if (text !== undefined) return text === '' ? [] : [{ type: 'text', text }];
    const media = decodeMedia(part, place);
    if (media !== undefined) return [media];
    for (const name of Object.keys(part))
      this.warnings.add(`A part with "${name.replace(/[^\x20-\x7e]/g, '?')}" was left out.`);
    return [];
  }

  private call(call: JsonObject, place: string): Part {
    const name = asFilled(call['name']);
    if (name === undefined) throw invalid(`${place}.functionCall.name`, 'must be a string');
    this.callCount += 1;
    const id = asFilled(call['id']) ?? `call_${this.callCount}`;
    const open = this.open.get(name);
    if (open === undefined) this.open.set(name, { ids: [id], answered: 0 });
    else open.ids.push(id);
    return { type: 'tool-call', id, name, argumentsText: argsText(call['args']) };
  }

  private result(response: JsonObject, place: string): ToolResultPart {
    const name = asFilled(response['name']);
    const own = asFilled(response['id']);
    const callId = own ?? this.nextOpen(name) ?? name;
    if (callId === undefined) throw invalid(`${place}.functionResponse.name`, 'must name the function it answers');
    const { text, isError } = responseText(response['response']);
    return { type: 'tool-result', callId, parts: text === '' ? [] : [{ type: 'text', text }], isError };
  }

  private nextOpen(name = ''): string | undefined {
    const open = this.open.get(name);
    if (open === undefined) return undefined;
    open.answered += 1;
    return open.ids[open.answered - 1];
  }
}

/** A signature that we made of another vendor's proof becomes that proof again. */
function thoughtParts(text: string, signature: string | undefined): readonly Part[] {
  if (signature === undefined) return text === '' ? [] : [{ type: 'reasoning', text }];
  const { kind, proof } = thoughtSignatureToProof(signature);
  return kind === 'redacted'
    ? [{ type: 'redacted-reasoning', data: proof }]
    : [{ type: 'reasoning', text, signature: proof }];
}

/** `{output}`, `{result}` and `{error}` with a text are that text, everything else its JSON. */
function responseText(response: unknown): { readonly text: string; readonly isError: boolean } {
  const source = response instanceof RawJson ? response.text : JSON.stringify(response ?? {});
  const parsed: unknown = JSON.parse(source);
  const [only, ...others] = isObject(parsed) ? Object.entries(parsed) : [];
  if (only === undefined || others.length > 0) return { text: source === '{}' ? '' : source, isError: false };
  const [key, value] = only;
  const isError = key === 'error';
  const isWrapped = (isError || key === 'output' || key === 'result') && typeof value === 'string';
  return { text: isWrapped ? value : source, isError };
}
