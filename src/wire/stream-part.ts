import type { NeutralError } from './error-shape';
import type { StopReason, TokenLogprob, Usage } from './message';

/**
 * One step of a streamed answer, in the words of no API. Decoders emit them in upstream order; encoders own indices,
 * the opening and closing of blocks, and terminal events. `choice` counts alternatives; `block` and `call` are the
 * upstream's own keys, unique within a choice.
 */
export type StreamPart =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string; readonly createdSeconds?: number }
  | { readonly type: 'text'; readonly choice: number; readonly block: number; readonly text: string }
  | { readonly type: 'refusal'; readonly choice: number; readonly text: string }
  | { readonly type: 'reasoning'; readonly choice: number; readonly block: number; readonly text: string }
  | {
      readonly type: 'reasoning-signature';
      readonly choice: number;
      readonly block: number;
      readonly signature: string;
    }
  | { readonly type: 'redacted-reasoning'; readonly choice: number; readonly data: string }
  | {
      readonly type: 'tool-call';
      readonly choice: number;
      readonly call: number;
      readonly id: string;
      readonly name: string;
      /** See ToolCallPart. */
      readonly signature?: string;
    }
  | { readonly type: 'tool-arguments'; readonly choice: number; readonly call: number; readonly text: string }
  /** No more for this block or call. APIs without such an event leave it out. */
  | { readonly type: 'block-end'; readonly choice: number; readonly block: number }
  /** Of text that has just been sent. */
  | { readonly type: 'logprobs'; readonly choice: number; readonly tokens: readonly TokenLogprob[] }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly choice: number; readonly stop: StopReason; readonly stopSequence?: string }
  /** The upstream gave up; nothing follows. */
  | { readonly type: 'error'; readonly error: NeutralError }
  /** The upstream's terminal event. */
  | { readonly type: 'done' };
