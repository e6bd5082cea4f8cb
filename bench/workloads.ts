/** What is sent. Every workload is an OpenAI chat request; the model decides which API the upstream speaks. */

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly stream: boolean;
  /** Words of the answer; a streamed answer has one event per word. The mock upstream obeys max_tokens exactly. */
  readonly words: number;
}

/** Model names of the generated configuration, see outerloop-system.ts. */
export const OPENAI_MODEL = 'gpt-mock';
export const ANTHROPIC_MODEL = 'claude-mock';

export const WORKLOADS: readonly Workload[] = [
  { id: 'W1', title: 'chat, OpenAI to OpenAI', model: OPENAI_MODEL, stream: false, words: 20 },
  { id: 'W2', title: 'streamed, 50 events, OpenAI to OpenAI', model: OPENAI_MODEL, stream: true, words: 50 },
  { id: 'W2x200', title: 'streamed, 200 events, OpenAI to OpenAI', model: OPENAI_MODEL, stream: true, words: 200 },
  { id: 'W3', title: 'chat, OpenAI client to Anthropic upstream', model: ANTHROPIC_MODEL, stream: false, words: 20 },
  {
    id: 'W4',
    title: 'streamed, 50 events, OpenAI client to Anthropic upstream',
    model: ANTHROPIC_MODEL,
    stream: true,
    words: 50,
  },
];

export const REQUEST_PATH = '/v1/chat/completions';

export function requestBody(workload: Pick<Workload, 'model' | 'stream' | 'words'>): string {
  return JSON.stringify({
    model: workload.model,
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Write one sentence about a fox and a dog. '.repeat(8) },
    ],
    max_tokens: workload.words,
    ...(workload.stream ? { stream: true } : {}),
  });
}

/** The text that the mock upstream answers: it has non-ASCII letters, so that a wrong cut in an event shows. */
export function answerText(words: number): string {
  return Array.from({ length: words }, (_, index) => answerWord(index)).join('');
}

export function answerWord(index: number): string {
  return `größe${index} `;
}
