import { createHash } from 'node:crypto';
import { callIdWithoutSignature } from './call-id';
import type { Answer, ChatRequest, Message, Part } from './message';
import type { StreamPart } from './stream-part';

/** Name sent upstream to the name the caller used; only names that had to change. */
export type ToolNameMap = Readonly<Record<string, string>>;

const HASH_CHARACTERS = 8;
const LONGEST_NAME = 64;
const NO_MAP: ToolNameMap = {};

/**
 * Renames tools whose names the target API refuses (dots, slashes, too long). The new name depends on the old one only,
 * so every attempt and every turn of a conversation uses the same.
 */
export function fitToolNames(
  request: ChatRequest,
  allowed: RegExp,
): { readonly request: ChatRequest; readonly names: ToolNameMap } {
  const names: Record<string, string> = {};
  const fit = (name: string): string => {
    if (allowed.test(name)) return name;
    const fitted = shortened(name, LONGEST_NAME);
    names[fitted] = name;
    return fitted;
  };
  const { toolChoice } = request;
  const fitted: ChatRequest = {
    ...request,
    tools: request.tools.map((tool) => ({ ...tool, name: fit(tool.name) })),
    messages: request.messages.map((message) => renamedMessage(message, fit)),
    ...(toolChoice?.type === 'tool' ? { toolChoice: { ...toolChoice, name: fit(toolChoice.name) } } : {}),
  };
  return Object.keys(names).length === 0 ? { request, names: NO_MAP } : { request: fitted, names };
}

export function restoreAnswer(answer: Answer, names: ToolNameMap = NO_MAP): Answer {
  const restore = (name: string): string => restoredName(name, names);
  const choices = answer.choices.map((choice) => ({ ...choice, parts: renamedParts(choice.parts, restore) }));
  return { ...answer, choices };
}

export function restorePart(part: StreamPart, names: ToolNameMap = NO_MAP): StreamPart {
  return part.type === 'tool-call' ? { ...part, name: restoredName(part.name, names) } : part;
}

/** Tools may be called `constructor`, which every object has a member for. */
function restoredName(name: string, names: ToolNameMap): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

/** A call id that fits `allowed`; ids that already do stay, so calls and results keep finding each other. */
export function fitCallId(id: string, allowed: RegExp, longest: number): string {
  const own = callIdWithoutSignature(id);
  return allowed.test(own) && own.length <= longest ? own : shortened(own, longest);
}

function shortened(name: string, longest: number): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARACTERS);
  const readable = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, longest - HASH_CHARACTERS - 1);
  return `${readable}_${hash}`;
}

function renamedMessage(message: Message, rename: (name: string) => string): Message {
  return { ...message, parts: renamedParts(message.parts, rename) };
}

function renamedParts(parts: readonly Part[], rename: (name: string) => string): Part[] {
  return parts.map((part) => (part.type === 'tool-call' ? { ...part, name: rename(part.name) } : part));
}
