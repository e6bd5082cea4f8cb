import { duration, flag, listOf, mapOf, object, oneOf, text, type JsonSchema } from './build';

export const endpoints: JsonSchema = mapOf(
  object(
    'An API of yours',
    {
      endpoint: text('host or host:port'),
      connect_timeout: duration('Longest time to connect'),
      protocol: oneOf(['http', 'https'], 'http when absent'),
      http_host: text('Host header when it differs from the host'),
      prefix_affinity: flag('Send equal prompt prefixes to the same instance'),
    },
    ['endpoint'],
  ),
  'APIs by name',
);

const scalar: JsonSchema = { type: ['string', 'integer', 'boolean'] };

const parameter = object(
  'A parameter that is read from the conversation',
  {
    name: text('Name'),
    description: text('What it means'),
    type: text('int, float, bool, str, list or dict'),
    required: flag('Ask when it is missing'),
    default: { ...scalar, description: 'Value when it is missing' },
    enum: { type: 'array', items: scalar, description: 'Allowed values' },
    format: text('Format hint'),
    in_path: flag('Accepted for compatibility'),
  },
  ['name', 'description', 'type'],
);

export const promptTargets: JsonSchema = listOf(
  object(
    'An API call that a prompt can mean',
    {
      name: text('Unique name'),
      description: text('Which prompts it fits'),
      default: flag('Takes what fits no target'),
      auto_llm_dispatch_on_response: flag('Let the model phrase the answer; true when absent'),
      system_prompt: text('System prompt of the answer'),
      endpoint: object(
        'Which call is made',
        {
          name: text('Name of an endpoint'),
          path: text('Path with {parameter} placeholders'),
          http_method: oneOf(['GET', 'POST'], 'GET when absent'),
          http_headers: mapOf(text('Value'), 'Request headers'),
        },
        ['name', 'path'],
      ),
      parameters: listOf(parameter, 'Parameters of the call'),
    },
    ['name', 'description'],
  ),
  'API calls that prompts can mean',
);
