import { count, duration, listOf, object, oneOf, text, type JsonSchema } from './build';

export const agents: JsonSchema = listOf(
  object(
    'A service of yours that speaks OpenAI chat completions',
    {
      id: text('Unique id'),
      url: text('Where it listens, for example http://localhost:10510'),
      examples: listOf(text('A request that belongs to this agent'), 'Example requests (extension of Plano’s file)'),
    },
    ['id', 'url'],
  ),
  'Agents by id',
);

export const filters: JsonSchema = listOf(
  object(
    'A service of yours that checks or rewrites requests and answers',
    {
      id: text('Unique id; shares one namespace with agents'),
      url: text('Where it listens'),
      type: oneOf(['mcp', 'http'], 'How it is called; mcp when absent'),
      transport: oneOf(['streamable-http'], 'MCP transport'),
      tool: text('Name of the MCP tool; the id when absent'),
      timeout: duration('Longest time for one call (extension of Plano’s file)'),
      retries: count('Retries of a failed call (extension of Plano’s file)', { minimum: 0 }),
      on_error: oneOf(['block', 'allow'], 'What happens when the filter fails (extension of Plano’s file)'),
      when: { description: 'Condition for calling the filter (extension of Plano’s file)' },
      window: count('Characters of streamed text per call (extension of Plano’s file)', { minimum: 1 }),
      overlap: count('Characters held back between calls (extension of Plano’s file)', { minimum: 0 }),
    },
    ['id', 'url'],
  ),
  'Filters by id',
);
