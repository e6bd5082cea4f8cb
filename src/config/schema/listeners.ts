import { count, duration, flag, listOf, object, oneOf, port, text, type JsonSchema } from './build';
import { failover } from './failover';

const listenerAgent = object(
  'An agent that this listener may choose',
  {
    id: text('Id of an agent of the top-level list'),
    description: text('What the agent does; the choice is made by this text'),
    default: flag('Takes what fits no agent'),
    examples: listOf(text('A request that belongs to this agent'), 'Example requests (extension of Plano’s file)'),
    input_filters: listOf(text('Id of a filter'), 'Filters in front of this agent'),
    filter_chain: listOf(text('Id of a filter'), 'Old name of input_filters'),
    input_guards: listOf(text('Id of a guard'), 'Guards in front of this agent (extension of Plano’s file)'),
    output_guards: listOf(text('Id of a guard'), 'Guards behind this agent (extension of Plano’s file)'),
  },
  ['id', 'description'],
);

const listener = object(
  'An address where requests come in',
  {
    type: oneOf(['model', 'prompt', 'agent'], 'What the listener serves'),
    name: text('Unique name of the listener'),
    port: port('Port to bind; model 12000 and prompt 10000 when absent'),
    address: text('IP address to bind; 0.0.0.0 when absent'),
    timeout: duration('Total time of one request, its streamed answer included'),
    max_retries: count('Retries of a failed call to a provider', { minimum: 0 }),
    router: oneOf(['plano_orchestrator_v1'], 'How agents are chosen'),
    agents: listOf(listenerAgent, 'Agents to choose from'),
    input_filters: listOf(text('Id of a filter'), 'Filters for requests'),
    output_filters: listOf(text('Id of a filter'), 'Filters for answers'),
    filter_chain: listOf(text('Id of a filter'), 'Old name of input_filters'),
    input_guards: listOf(text('Id of a guard'), 'Guards for requests (extension of Plano’s file)'),
    output_guards: listOf(text('Id of a guard'), 'Guards for answers (extension of Plano’s file)'),
    usage: oneOf(['exact', 'estimate'], 'How streamed tokens are counted (extension of Plano’s file)'),
    failover,
  },
  ['type', 'name'],
);

const legacyListener = object('A listener in the old form', {
  address: text('IP address to bind'),
  port: port('Port to bind'),
  message_format: oneOf(['openai'], 'Accepted for compatibility'),
  timeout: duration('Total time of one request'),
});

const legacyListeners = object('Listeners in the old form', {
  ingress_traffic: legacyListener,
  egress_traffic: legacyListener,
});

export const listeners: JsonSchema = {
  description: 'Where requests come in',
  type: ['array', 'object'],
  if: { type: 'array' },
  then: { items: listener },
  else: legacyListeners,
};
