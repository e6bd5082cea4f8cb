/** Tokens of a prompt by OpenAI's current encoding (gpt-tokenizer). Slow to load and to run: for worker threads. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { promptText } from '../../wire/prompt-text';

/** Longer prompts are counted by a sample of this many characters, spread evenly. */
const MAX_COUNTED_CHARACTERS = 512 * 1024;

/** Merging tokens takes time with the square of a word's length; texts are cut into pieces of this size. */
const PIECE_CHARACTERS = 4096;

/** Special tokens in a prompt are text like any other. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * @param body JSON of a request in any chat API
 * @returns undefined when it is no JSON object
 */
export function countPromptTokens(body: string): number | undefined {
  const parsed = parse(body);
  if (parsed === undefined) return undefined;
  const { texts, extraTokens } = promptText(parsed);
  const pieces = texts.flatMap(cut);
  const characters = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const stride = Math.ceil(characters / MAX_COUNTED_CHARACTERS);
  const counted = stride <= 1 ? pieces : pieces.filter((_, index) => index % stride === 0);
  const countedCharacters = counted.reduce((sum, piece) => sum + piece.length, 0);
  const tokens = counted.reduce((sum, piece) => sum + countTokens(piece, AS_TEXT), 0);
  const all = countedCharacters === 0 ? tokens : (tokens * characters) / countedCharacters;
  return Math.round(all) + extraTokens;
}

function parse(body: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string): readonly string[] {
  if (text.length <= PIECE_CHARACTERS) return [text];
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += PIECE_CHARACTERS) pieces.push(text.slice(at, at + PIECE_CHARACTERS));
  return pieces;
}
