import { invalid } from '../../facts';
import { GatewayError } from '../../errors';
import type { Warnings } from '../../warnings';
import type { OperationClient, OperationUpstream } from '../operation';

/*
 * The neutral model of embeddings: texts in, vectors out. Vendors add what the vectors are for (`purpose`), a title
 * beside the text, and what to do with texts that are too long; callers of OpenAI's API say these in the vendors' words.
 */

export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string; readonly purpose?: string; readonly title?: string }
  /** Ids of OpenAI's tokenizers: nobody else can read them. */
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] };

export interface EmbeddingRequest {
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
  readonly dimensions?: number;
  /** What the vectors are for, in the words of any vendor: see purpose.ts. */
  readonly purpose?: string;
  /** Which end of too long a text is cut off. `none`: such a text is an error. */
  readonly truncation?: 'none' | 'start' | 'end';
  readonly normalize?: boolean;
  /** Number formats, in the vendors' words (`float`, `int8`, `binary`); absent: floats. */
  readonly formats?: readonly string[];
}

/** Numbers, or the same as base64 text where the upstream sends it so. */
export type Vector = readonly number[] | string;

export interface EmbeddingAnswer {
  /** In the order of the inputs. */
  readonly vectors: readonly Vector[];
  /** Absent: the upstream does not tell. */
  readonly inputTokens?: number;
}

export type EmbeddingClient = OperationClient<EmbeddingRequest, EmbeddingAnswer>;
export type EmbeddingUpstream = OperationUpstream<EmbeddingRequest, EmbeddingAnswer>;

export type EmbeddingText = Extract<EmbeddingInput, { readonly kind: 'text' }>;

/** The inputs for an upstream that takes texts only. Throws GatewayError `invalid_request` for token ids. */
export function textsOf(request: EmbeddingRequest): readonly EmbeddingText[] {
  return request.inputs.map((input) => {
    if (input.kind === 'text') return input;
    throw invalid('input', 'must be text: this model cannot read token ids');
  });
}

/** The input for an upstream that takes one text per call. Throws GatewayError `invalid_request` for more. */
export function onlyTextOf(request: EmbeddingRequest): EmbeddingText {
  const [text, ...more] = textsOf(request);
  if (text !== undefined && more.length === 0) return text;
  throw new GatewayError('invalid_request', 'input must be a single text for this model.', {
    param: 'input',
    hint: 'Send one request per text.',
  });
}

/** What callers may ask for beside vectors, under the name that most of them use for it. */
const WISHES = {
  dimensions: 'dimensions',
  purpose: 'task_type',
  title: 'title',
  truncation: 'truncate',
  normalize: 'normalize',
  formats: 'embedding_types',
} as const;

export type EmbeddingWish = keyof typeof WISHES;

/** Warns of every wish that the upstream cannot be told. Floats are what all of them answer. */
export function warnUnheard(request: EmbeddingRequest, heard: readonly EmbeddingWish[], warnings: Warnings): void {
  const texts = request.inputs.filter((input) => input.kind === 'text');
  const wishes: Readonly<Record<EmbeddingWish, boolean>> = {
    dimensions: request.dimensions !== undefined,
    purpose: request.purpose !== undefined || texts.some(({ purpose }) => purpose !== undefined),
    title: texts.some(({ title }) => title !== undefined),
    truncation: request.truncation !== undefined,
    normalize: request.normalize !== undefined,
    formats: request.formats?.some((format) => format !== 'float') ?? false,
  };
  for (const [wish, name] of Object.entries(WISHES) as [EmbeddingWish, string][]) {
    if (wishes[wish] && !heard.includes(wish)) warnings.dropped(name);
  }
}

/** A list of numbers or base64 text; undefined for anything else. */
export function asVector(value: unknown): Vector | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number') ? value : undefined;
}

/** Every entry as a vector; undefined when one is none. */
export function asVectors(values: readonly unknown[]): readonly Vector[] | undefined {
  const vectors = values.map(asVector).filter((vector) => vector !== undefined);
  return vectors.length === values.length ? vectors : undefined;
}
