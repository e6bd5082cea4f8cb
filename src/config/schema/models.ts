import { interfaceIds } from '../../providers/registry';
import { amount, flag, listOf, mapOf, object, oneOf, text, type JsonSchema } from './build';
import { failover } from './failover';

/** The old inline form: Plano checks its items loosely, so the keys are not required. */
const inlinePreference = object('A preference in the old inline form', {
  name: text('Name of the preference'),
  description: text('Which requests it fits'),
});

export const modelProviders: JsonSchema = listOf(
  object(
    'One model, or all models of a provider',
    {
      model: text('provider/model, or provider/* for every model'),
      name: text('Name for requests, aliases and lists; the model text when absent'),
      access_key: text('Credential, as a reference: $OPENAI_API_KEY'),
      default: flag('Answers requests that name no model'),
      base_url: text('Address of another server that speaks this provider’s API'),
      http_host: text('Host header when it differs from the host of base_url'),
      provider_interface: oneOf(interfaceIds(), 'API of a provider that is not built in'),
      passthrough_auth: flag('Forward the credential of the caller'),
      headers: mapOf(text('Value'), 'Further request headers'),
      region: text('Region of a cloud, such as us-east-1 or global (extension of Plano’s file)'),
      project: text('Google Cloud project (extension of Plano’s file)'),
      api_version: text('API version of Azure OpenAI: v1, preview or a date (extension of Plano’s file)'),
      routing_preferences: listOf(inlinePreference, 'Old form; now at top level'),
    },
    ['model'],
  ),
  'Models',
);

const weightedModel = object(
  'A model that shares its place with others',
  { model: text('A configured model'), weight: amount('Share of the requests; 1 when absent', { minimum: 0 }) },
  ['model'],
);

const aliasPlace: JsonSchema = {
  type: ['string', 'array'],
  if: { type: 'array' },
  then: { items: weightedModel, minItems: 1 },
};

export const modelAliases: JsonSchema = mapOf(
  object('What the alias stands for', {
    target: text('A configured model'),
    targets: listOf(aliasPlace, 'Models in the order of trying (extension of Plano’s file)', { minItems: 1 }),
    failover,
  }),
  'Other names for configured models',
);

export const routingPreferences: JsonSchema = listOf(
  object(
    'Models for a kind of request',
    {
      name: text('Unique name'),
      description: text('Which requests it fits'),
      models: listOf(text('A configured model'), 'Models in the order of trying', { minItems: 1 }),
      selection_policy: object(
        'Reorders the models',
        { prefer: oneOf(['cheapest', 'fastest', 'none'], 'Which model comes first') },
        ['prefer'],
      ),
      failover,
    },
    ['name', 'description', 'models'],
  ),
  'Models by kind of request',
);
