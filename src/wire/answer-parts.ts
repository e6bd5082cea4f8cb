import { defined } from './defined';
import type { Answer, Choice, Part } from './message';
import type { StreamPart } from './stream-part';

/** A complete answer as the stream it could have been: for upstreams that answer JSON to a request for a stream. */
export function answerToParts(answer: Answer): readonly StreamPart[] {
  const { id, model, createdSeconds } = answer;
  return [
    { type: 'start', ...defined({ id, model, createdSeconds }) },
    ...answer.choices.flatMap(choiceToParts),
    ...(answer.usage === undefined ? [] : [{ type: 'usage' as const, usage: answer.usage }]),
    { type: 'done' },
  ];
}

function choiceToParts({ index: choice, parts, stop, stopSequence, logprobs }: Choice): readonly StreamPart[] {
  return [
    ...parts.flatMap((part, block) => [
      ...partToParts(part, choice, block),
      { type: 'block-end' as const, choice, block },
    ]),
    ...(logprobs === undefined ? [] : [{ type: 'logprobs' as const, choice, tokens: logprobs }]),
    { type: 'finish', choice, stop: stop ?? 'end', ...defined({ stopSequence }) },
  ];
}

function partToParts(part: Part, choice: number, block: number): readonly StreamPart[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', choice, block, text: part.text }];
    case 'refusal':
      return [{ type: 'refusal', choice, text: part.text }];
    case 'reasoning': {
      const { signature } = part;
      const reasoning: StreamPart = { type: 'reasoning', choice, block, text: part.text };
      return signature === undefined
        ? [reasoning]
        : [reasoning, { type: 'reasoning-signature', choice, block, signature }];
    }
    case 'redacted-reasoning':
      return [{ type: 'redacted-reasoning', choice, data: part.data }];
    case 'tool-call':
      return [
        {
          type: 'tool-call',
          choice,
          call: block,
          id: part.id,
          name: part.name,
          ...defined({ signature: part.signature }),
        },
        { type: 'tool-arguments', choice, call: block, text: part.argumentsText },
      ];
    default:
      return [];
  }
}
