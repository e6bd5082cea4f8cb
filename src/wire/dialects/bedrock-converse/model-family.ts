import type { TranslateContext } from '../../api';

/** What the models behind Converse do not have in common: the API leaves it to additionalModelRequestFields. */
export interface ModelFamily {
  readonly isClaude: boolean;
  /** Accepts cachePoint blocks. */
  readonly caches: boolean;
  /** Path of the field for top_k; absent: there is none. */
  readonly topK?: readonly string[];
  /** How the wish to reason is spelled. */
  readonly reasoning: 'thinking' | 'reasoning_effort' | 'reasoningConfig' | 'none';
  /** Takes frequency_penalty, presence_penalty and the like under OpenAI's names. */
  readonly openaiSampling: readonly ('frequency_penalty' | 'presence_penalty' | 'seed' | 'n')[];
}

const CLAUDE: ModelFamily = {
  isClaude: true,
  caches: true,
  topK: ['top_k'],
  reasoning: 'thinking',
  openaiSampling: [],
};

const OTHER: ModelFamily = { isClaude: false, caches: false, reasoning: 'none', openaiSampling: [] };

/** First match counts. Model ids name their maker: `us.amazon.nova-lite-v1:0`, `arn:…/meta.llama3-70b-instruct-v1:0`. */
const FAMILIES: readonly (readonly [RegExp, ModelFamily])[] = [
  [/claude|anthropic/, CLAUDE],
  [/nova-2/, { ...OTHER, caches: true, topK: ['inferenceConfig', 'topK'], reasoning: 'reasoningConfig' }],
  [/nova/, { ...OTHER, caches: true, topK: ['inferenceConfig', 'topK'] }],
  [/cohere/, { ...OTHER, topK: ['k'], openaiSampling: ['frequency_penalty', 'presence_penalty', 'seed'] }],
  [/ai21|jamba/, { ...OTHER, openaiSampling: ['frequency_penalty', 'presence_penalty', 'n'] }],
  [/openai\.|gpt-oss/, { ...OTHER, reasoning: 'reasoning_effort' }],
  [/mistral|mixtral|magistral|pixtral|voxtral|qwen/, { ...OTHER, topK: ['top_k'] }],
  [/meta|llama|titan|deepseek|writer|palmyra|luma|minimax|moonshot|kimi|gemma|nvidia|nemotron|zai|glm/, OTHER],
];

/** An id that names no maker (the ARN of an inference profile) is judged by the name the caller used, else as Claude. */
export function modelFamily({ upstreamModel, requestModel }: TranslateContext): ModelFamily {
  for (const name of [upstreamModel, requestModel]) {
    const found = FAMILIES.find(([pattern]) => pattern.test(name.toLowerCase()));
    if (found !== undefined) return found[1];
  }
  return CLAUDE;
}
