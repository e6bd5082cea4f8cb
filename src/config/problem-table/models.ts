import { error, warning, type ProblemRow } from './row';

/** Models, aliases and their providers. */
export const MODELS_PROBLEMS = {
  both_provider_lists: error(
    'Both model_providers and llm_providers are written',
    '`llm_providers` is the old name of `model_providers`; it would be unclear which list counts.',
    'Move all entries to `model_providers` and remove `llm_providers`.',
  ),
  invalid_model_name: error(
    'A model has no provider prefix',
    'The part before the first `/` says whose model it is.',
    'Write `provider/model`, for example `openai/gpt-4o`.',
  ),
  unknown_provider: error(
    'A provider is not known',
    'For providers without a built-in description the file has to say where they are and which API they speak.',
    'Correct the prefix, or add `base_url` and `provider_interface` to the entry.',
  ),
  missing_base_url: error(
    'A provider needs base_url',
    'This provider has no address that is the same for everybody.',
    'Add `base_url:` with the address of your deployment.',
  ),
  needless_provider_interface: error(
    'provider_interface is given for a known provider',
    'The prefix of the model already says which API is spoken; the two could contradict each other.',
    'Remove `provider_interface`, or use a prefix of your own for another API.',
  ),
  duplicate_provider_name: error(
    'Two models have the same name',
    'The name is the key by which requests, aliases and preferences find the entry.',
    'Give each entry its own `name`.',
  ),
  duplicate_model: error(
    'A model is configured twice',
    'Without names of their own the two entries cannot be told apart.',
    'Remove one of them, or give each its own `name` (for example for two keys).',
  ),
  shadowed_wildcard: warning(
    'A wildcard is configured twice',
    'The last entry of the same wildcard wins; the earlier one has no effect.',
    'Remove one of them.',
  ),
  several_defaults: error(
    'Several models are marked as default',
    'A request without a model goes to the default model, and there can be only one.',
    'Keep `default: true` on one entry.',
  ),
  wildcard_default: error(
    'A wildcard is marked as default',
    'A default must be one concrete model.',
    'Move `default: true` to an entry with a concrete model.',
  ),
  wildcard_with_preferences: error(
    'A wildcard has routing preferences',
    'A preference must lead to one concrete model.',
    'Write the preferences on an entry with a concrete model, or under top-level `routing_preferences`.',
  ),
  reserved_name: error(
    'A name is reserved',
    'Plano gives this name to a model of its own and refuses the file.',
    'Choose another name.',
  ),
  alias_target_choice: error(
    'An alias has both target and targets',
    'It would be unclear which one counts.',
    'Keep `targets` for an ordered list or weights, else `target`.',
  ),
  invalid_cloud_place: error(
    'A region, project or API version cannot stand in an address',
    'It becomes part of a host name or path.',
    'Write it as the cloud spells it, for example `us-east-1`.',
  ),
  missing_region: warning(
    'Requests to AWS cannot be signed',
    'A signature is for one region, and neither the entry nor its host says which; requests leave without a credential.',
    'Add `region: us-east-1` (yours), or `access_key: $AWS_BEARER_TOKEN_BEDROCK` for a Bedrock API key.',
  ),
  missing_project: error(
    'A model of Vertex AI has no project',
    'With an identity of Google Cloud the path of every call names the project and the region.',
    'Add `project:` and `region:`, or `access_key:` with an API key of express mode.',
  ),
  no_credential: warning(
    'A model has no credential',
    'The provider refuses calls without a key.',
    'Add `access_key: $YOUR_VARIABLE`, or `passthrough_auth: true` to use the caller’s own key.',
  ),
} as const satisfies Record<string, ProblemRow>;
