import type { RawJson } from './json/raw';
import type { JsonObject } from './json/read';

/*
 * The neutral message model: what a conversation, a request and an answer say, in the words of no API. Dialects decode
 * into it and encode from it. A part that only one API knows is no member here: decoders leave it out with a warning.
 */

/** Who speaks. `tool` messages hold tool results only; `system` may stand anywhere. */
export type Role = 'system' | 'user' | 'assistant' | 'tool';

export interface Message {
  readonly role: Role;
  readonly parts: readonly Part[];
  /** Participant name, where several share one role. */
  readonly name?: string;
}

/** Where the bytes of an image, document or recording are. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  /** `mediaType` only where the caller says it. */
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** An object in a cloud store: `gs://bucket/object`, `s3://bucket/object`. */
  | { readonly kind: 'bucket'; readonly uri: string; readonly mediaType?: string }
  /** An id in the file store of one vendor. */
  | { readonly kind: 'file'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string };

/** A wish to cache everything up to here, as the caller wrote it (Anthropic's cache_control, e.g. `{type: 'ephemeral'}`). */
interface Cacheable {
  readonly cache?: JsonObject;
}

export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}

export interface ImagePart extends Cacheable {
  readonly type: 'image';
  readonly source: MediaSource;
  /** OpenAI's resolution wish. */
  readonly detail?: string;
}

export interface DocumentPart extends Cacheable {
  readonly type: 'document';
  readonly source: MediaSource;
  readonly name?: string;
}

export interface AudioPart {
  readonly type: 'audio';
  readonly source: MediaSource;
}

export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  /** Proof of the vendor that wrote it; only signed reasoning may be sent back. */
  readonly signature?: string;
}

/** Reasoning that the vendor encrypted. */
export interface RedactedReasoningPart {
  readonly type: 'redacted-reasoning';
  readonly data: string;
}

export interface ToolCallPart extends Cacheable {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** JSON text exactly as the model wrote it: may be empty, cut off, or hold numbers that no parser keeps. */
  readonly argumentsText: string;
  /** Gemini's proof of the thoughts that led to this call; it must come back with it. */
  readonly signature?: string;
}

export interface ToolResultPart extends Cacheable {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly parts: readonly Part[];
  readonly isError: boolean;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ReasoningPart
  | RedactedReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart;

export interface ToolDefinition extends Cacheable {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments, as source text. */
  readonly parameters?: RawJson;
  readonly strict?: boolean;
}

export type ToolChoice =
  { readonly type: 'auto' | 'none' | 'required' } | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'json-object' }
  | { readonly type: 'json-schema'; readonly schema: RawJson; readonly name?: string; readonly strict?: boolean };

/** How much a model should think first. Callers give an effort, a budget in tokens, or both. */
export interface ReasoningWish {
  readonly mode?: 'enabled' | 'disabled' | 'adaptive';
  /** none, minimal, low, medium, high, xhigh, max */
  readonly effort?: string;
  readonly budgetTokens?: number;
  /** The wish in Claude's own words, where the caller used them; hosts of Claude get it as it is. */
  readonly claude?: { readonly thinking?: JsonObject; readonly effort?: string };
}

export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stopSequences: readonly string[];
  readonly choiceCount?: number;
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningWish;
  readonly userId?: string;
  /** How the request queues and is billed: OpenAI's words (auto, default, flex, priority) and clouds' (reserved). */
  readonly serviceTier?: string;
  /** Fields that the caller's API does not know. Encoders pick the ones of their host and call Warnings.carried. */
  readonly otherFields?: JsonObject;
  /** Tools that are no functions (`google_search`, `web_search`), as the caller wrote them; handled like otherFields. */
  readonly otherTools?: readonly JsonObject[];
  readonly logprobs?: boolean;
  /** How many alternatives per token. */
  readonly topLogprobs?: number;
}

/** Why a model stopped. `end` also stands for reasons that we do not know. */
export type StopReason =
  'end' | 'stop-sequence' | 'length' | 'context-length' | 'tool-calls' | 'refusal' | 'content-filter' | 'pause';

/** Token counts, each known or not. Input excludes what was read from or written to a cache. */
export interface Usage {
  readonly inputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Reasoning included. */
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  /** Only where the upstream counts something that the other members do not show. */
  readonly totalTokens?: number;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8 bytes, where the upstream tells. */
  readonly bytes?: readonly number[];
  /** The likeliest tokens at this place; empty when not asked for. */
  readonly top: readonly Omit<TokenLogprob, 'top'>[];
}

export interface Choice {
  readonly index: number;
  readonly parts: readonly Part[];
  readonly stop?: StopReason;
  readonly stopSequence?: string;
  readonly logprobs?: readonly TokenLogprob[];
}

export interface Answer {
  readonly id?: string;
  readonly model?: string;
  readonly createdSeconds?: number;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
}

/** A model that calls tools stops for them, whatever word its host used. */
export function effectiveStop(stop: StopReason | undefined, callsTools: boolean): StopReason {
  if (stop === undefined || stop === 'end') return callsTools ? 'tool-calls' : 'end';
  return stop;
}

/** Counts that come later win; counts that are not given again stay. */
export function mergeUsage(earlier: Usage | undefined, later: Usage): Usage {
  return { ...earlier, ...later };
}
