import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { asObject, isObject, type JsonObject } from '../../json/read';
import type { ChatRequest } from '../../message';
import { bedrockBetaFlags } from '../../messages-wrapping';
import type { Warnings } from '../../warnings';
import type { ModelFamily } from './model-family';

/** Beta features of Claude that Bedrock knows; it refuses requests that name others. */
const KNOWN_BETAS =
  /^(computer-use|token-efficient-tools|interleaved-thinking|output-128k|dev-full-thinking|context-1m|context-management|effort|tool-search-tool|tool-examples|fine-grained-tool-streaming|compact)-\d{4}-\d\d-\d\d$/;

/** Sampling that Converse leaves to the families. */
export function familySampling(request: ChatRequest, family: ModelFamily, warnings: Warnings): JsonObject {
  const wishes = {
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    seed: request.seed,
    n: request.choiceCount,
  };
  const usual = { frequency_penalty: 0, presence_penalty: 0, seed: undefined, n: 1 };
  const fields: Record<string, unknown> = {};
  for (const name of ['frequency_penalty', 'presence_penalty', 'seed', 'n'] as const) {
    const value = wishes[name];
    if (value === undefined || value === usual[name]) continue;
    if (family.openaiSampling.includes(name)) fields[name] = value;
    else if (name === 'n') warnings.add('n was left out: the model gives one answer.');
    else warnings.dropped(name);
  }
  return fields;
}

/** top_k where the family wants it; a path of several names means nested objects. */
export function topKField(value: number | undefined, family: ModelFamily, warnings: Warnings): JsonObject {
  if (value === undefined) return {};
  if (family.topK === undefined) {
    warnings.dropped('top_k');
    return {};
  }
  return family.topK.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as JsonObject;
}

/** Beta features and what only they allow. The header may name features of Anthropic's own API; a body means Bedrock's. */
export function betaFields(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const others = request.otherFields ?? {};
  const named = others['anthropic_beta'];
  const own = (Array.isArray(named) ? named : [named]).filter((flag) => typeof flag === 'string');
  if (own.length > 0) warnings.carried('anthropic_beta');
  const header = bedrockBetaFlags((context.requestHeaders?.['anthropic-beta'] ?? '').split(','));
  const known = header.filter((flag) => KNOWN_BETAS.test(flag));
  for (const flag of header) if (!known.includes(flag)) warnings.dropped(`anthropic-beta ${flag}`);
  const flags = bedrockBetaFlags([...own.flatMap((flag) => flag.split(',')), ...known]);
  if (flags.length === 0) return {};
  const management = flags.some((flag) => /^(context-management|compact)-/.test(flag))
    ? asObject(others['context_management'])
    : undefined;
  if (management !== undefined) warnings.carried('context_management');
  return { anthropic_beta: flags, ...defined({ context_management: management }) };
}

/** Members of a caller's own additional fields go first; objects are joined. */
export function joinFields(ours: JsonObject, callers: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...ours };
  for (const [name, value] of Object.entries(callers)) {
    const present = joined[name];
    joined[name] = isObject(present) && isObject(value) ? joinFields(present, value) : value;
  }
  return joined;
}
