import { defined } from './defined';
import { mergeUsage, type Answer, type Part, type StopReason, type TokenLogprob, type Usage } from './message';
import type { StreamPart } from './stream-part';

interface OpenChoice {
  /** By kind and upstream key, in order of first appearance. */
  readonly parts: Map<string, Part>;
  stop: StopReason | undefined;
  stopSequence: string | undefined;
  logprobs: readonly TokenLogprob[] | undefined;
}

type ChoicePart = Extract<StreamPart, { readonly choice: number }>;

/** Collects a stream into a complete answer: for upstreams that stream although nobody asked, and for agents' answers. */
export class AnswerCollector {
  private head: Pick<Answer, 'id' | 'model' | 'createdSeconds'> = {};
  private usage: Usage | undefined;
  private readonly choices = new Map<number, OpenChoice>();

  add(part: StreamPart): void {
    if (part.type === 'start') {
      const { id, model, createdSeconds } = part;
      this.head = defined({ id, model, createdSeconds });
    } else if (part.type === 'usage') {
      this.usage = mergeUsage(this.usage, part.usage);
    } else if ('choice' in part) {
      addTo(this.choice(part.choice), part);
    }
  }

  answer(): Answer {
    const choices = [...this.choices].map(([index, { parts, stop, stopSequence, logprobs }]) => {
      return { index, parts: [...parts.values()], ...defined({ stop, stopSequence, logprobs }) };
    });
    return { ...this.head, choices, ...defined({ usage: this.usage }) };
  }

  private choice(index: number): OpenChoice {
    const open = this.choices.get(index) ?? {
      parts: new Map<string, Part>(),
      stop: undefined,
      stopSequence: undefined,
      logprobs: undefined,
    };
    this.choices.set(index, open);
    return open;
  }
}

function addTo(choice: OpenChoice, part: ChoicePart): void {
  switch (part.type) {
    case 'text':
      return update(choice, `text/${part.block}`, { type: 'text', text: '' }, (text) => withText(text, part.text));
    case 'refusal':
      return update(choice, 'refusal', { type: 'refusal', text: '' }, (refusal) => withText(refusal, part.text));
    case 'reasoning':
      return update(choice, `reasoning/${part.block}`, NO_REASONING, (reasoning) => withText(reasoning, part.text));
    case 'reasoning-signature':
      return update(choice, `reasoning/${part.block}`, NO_REASONING, (reasoning) => ({
        ...reasoning,
        signature: part.signature,
      }));
    case 'redacted-reasoning':
      choice.parts.set(`redacted/${choice.parts.size}`, { type: 'redacted-reasoning', data: part.data });
      return;
    case 'tool-call': {
      const { id, name, signature } = part;
      choice.parts.set(`call/${part.call}`, {
        type: 'tool-call',
        id,
        name,
        argumentsText: '',
        ...defined({ signature }),
      });
      return;
    }
    case 'tool-arguments':
      return addArguments(choice, part.call, part.text);
    case 'finish':
      choice.stop = part.stop;
      choice.stopSequence = part.stopSequence;
      return;
    case 'logprobs':
      choice.logprobs = [...(choice.logprobs ?? []), ...part.tokens];
      return;
    case 'block-end':
  }
}

const NO_REASONING: Extract<Part, { type: 'reasoning' }> = { type: 'reasoning', text: '' };

/** A kept part always has the type its key says. */
function update<P extends Part>(choice: OpenChoice, key: string, empty: P, change: (part: P) => P): void {
  choice.parts.set(key, change((choice.parts.get(key) as P | undefined) ?? empty));
}

function withText<P extends { readonly text: string }>(part: P, text: string): P {
  return { ...part, text: part.text + text };
}

function addArguments(choice: OpenChoice, call: number, text: string): void {
  const open = choice.parts.get(`call/${call}`);
  if (open?.type !== 'tool-call') return;
  choice.parts.set(`call/${call}`, { ...open, argumentsText: open.argumentsText + text });
}
