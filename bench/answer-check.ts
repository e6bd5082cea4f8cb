/** Whether an OpenAI chat answer is exactly what the mock upstream said, whichever API it was asked through. */
import { answerText } from './workloads';

interface ChatAnswer {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
  }[];
}

/** What is wrong, in a few words that can be counted; undefined for a right answer. */
export function judgeAnswer(body: string, stream: boolean, words: number): string | undefined {
  try {
    const text = stream ? streamedText(body) : (JSON.parse(body) as ChatAnswer).choices?.[0]?.message?.content;
    if (text === undefined) return stream ? 'stream without [DONE]' : 'answer without text';
    return text === answerText(words) ? undefined : 'other text than the upstream sent';
  } catch {
    return 'malformed JSON';
  }
}

function streamedText(body: string): string | undefined {
  const data = body.split('\n').filter((line) => line.startsWith('data: '));
  if (data.pop() !== 'data: [DONE]') return undefined;
  return data.map((line) => (JSON.parse(line.slice(6)) as ChatAnswer).choices?.[0]?.delta?.content ?? '').join('');
}
