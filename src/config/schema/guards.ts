import { amount, listOf, object, oneOf, text, type JsonSchema } from './build';

const GUARD_TYPES = [
  'prompt_injection',
  'pii',
  'secrets',
  'moderation',
  'topics',
  'tools',
  'indirect_injection',
  'prompt_leak',
  'json_schema',
  'classifier',
];

/** Extension: built-in guards. Further options belong to the type of guard. */
export const guards: JsonSchema = listOf(
  {
    type: 'object',
    description: 'A built-in guard',
    properties: {
      id: text('Unique id'),
      type: oneOf(GUARD_TYPES, 'What the guard looks for'),
      mode: oneOf(['block', 'redact', 'flag'], 'What it does with a finding'),
      threshold: amount('Score from which on something is a finding', { minimum: 0, maximum: 1 }),
      on_error: oneOf(['block', 'allow'], 'What happens when the guard fails'),
    },
    required: ['id', 'type'],
  },
  'Built-in guards by id (extension of Plano’s file)',
);

export const promptGuards: JsonSchema = object(
  'Plano’s short form of a guard',
  {
    input_guards: object(
      'Guards for every input',
      {
        jailbreak: object(
          'Jailbreak guard',
          { on_exception: object('What to answer', { message: text('Text of the refusal') }, ['message']) },
          ['on_exception'],
        ),
      },
      ['jailbreak'],
    ),
  },
  ['input_guards'],
);
