/**
 * The file's content between schema and Plan: everything present has the type that the schema asks for, everything may be
 * missing (it was not written, or it was wrong and has been reported and dropped).
 */
export interface Draft {
  version?: string;
  listeners?: ListenerDraft[];
  agents?: AgentDraft[];
  filters?: FilterDraft[];
  guards?: GuardDraft[];
  model_providers?: ModelDraft[];
  model_aliases?: Record<string, AliasDraft>;
  routing_preferences?: PreferenceDraft[];
  model_metrics_sources?: MetricsSourceDraft[];
  routing?: RoutingDraft;
  prompt_caching?: { enabled?: boolean; session_affinity?: boolean; session_ttl_seconds?: number };
  overrides?: OverridesDraft;
  endpoints?: Record<string, EndpointDraft>;
  prompt_targets?: PromptTargetDraft[];
  system_prompt?: string;
  prompt_guards?: object;
  ratelimits?: RateLimitDraft[];
  state_storage?: { type?: 'memory' | 'postgres'; connection_string?: string };
  tracing?: TracingDraft;
  mode?: string;
}

/** What may stand in a file: the draft, and the old forms that migrations turn into it. */
export interface FileData extends Omit<Draft, 'listeners'> {
  listeners?: ListenerDraft[] | LegacyListenersDraft;
  llm_providers?: ModelDraft[];
}

export interface LegacyListenersDraft {
  ingress_traffic?: LegacyListenerDraft;
  egress_traffic?: LegacyListenerDraft;
}

export interface LegacyListenerDraft {
  address?: string;
  port?: number | string;
  message_format?: string;
  timeout?: string;
}

export interface ListenerDraft {
  type?: 'model' | 'prompt' | 'agent';
  name?: string;
  /** A text only when it is a reference such as `$PORT`. */
  port?: number | string;
  address?: string;
  timeout?: string;
  max_retries?: number;
  router?: string;
  agents?: ListenerAgentDraft[];
  input_filters?: string[];
  output_filters?: string[];
  /** Old name of input_filters; gone after migration. */
  filter_chain?: string[];
  input_guards?: string[];
  output_guards?: string[];
  usage?: string;
  failover?: FailoverDraft;
  /** Set by migrations for listeners that the file did not write. */
  implicit?: boolean;
}

export interface ListenerAgentDraft {
  id?: string;
  description?: string;
  default?: boolean;
  examples?: string[];
  input_filters?: string[];
  /** Old name of input_filters; gone after migration. */
  filter_chain?: string[];
  input_guards?: string[];
  output_guards?: string[];
}

export interface AgentDraft {
  id?: string;
  url?: string;
  examples?: string[];
}

export interface FilterDraft {
  id?: string;
  url?: string;
  type?: 'http' | 'mcp';
  transport?: string;
  tool?: string;
  timeout?: string;
}

export interface GuardDraft {
  id?: string;
  type?: string;
}

export interface ModelDraft {
  model?: string;
  name?: string;
  access_key?: string;
  default?: boolean;
  base_url?: string;
  http_host?: string;
  provider_interface?: string;
  passthrough_auth?: boolean;
  headers?: Record<string, string>;
  region?: string;
  project?: string;
  api_version?: string;
  routing_preferences?: { name?: string; description?: string }[];
}

export interface AliasDraft {
  target?: string;
  targets?: (string | { model?: string; weight?: number }[])[];
  failover?: FailoverDraft;
}

export interface FailoverDraft {
  on?: (string | number)[];
  per_try_timeout?: string;
  first_token_timeout?: string;
  max_attempts?: number;
}

export interface PreferenceDraft {
  name?: string;
  description?: string;
  models?: string[];
  selection_policy?: { prefer?: 'cheapest' | 'fastest' | 'none' };
  failover?: FailoverDraft;
}

export interface MetricsSourceDraft {
  type?: 'cost' | 'latency';
  provider?: string;
  url?: string;
}

export interface RoutingDraft {
  llm_provider?: string;
  model?: string;
  session_cache?: { type?: 'memory' | 'redis'; url?: string; tenant_header?: string };
  routing_budget?: object;
}

export interface OverridesDraft {
  use_agent_orchestrator?: boolean;
  upstream_connect_timeout?: string;
  upstream_tls_ca_path?: string;
  llm_routing_model?: string;
  agent_orchestration_model?: string;
  debug_headers?: boolean;
  max_request_bytes?: number;
}

export interface EndpointDraft {
  endpoint?: string;
  connect_timeout?: string;
  protocol?: 'http' | 'https';
  http_host?: string;
  prefix_affinity?: boolean;
}

export interface PromptTargetDraft {
  name?: string;
  description?: string;
  default?: boolean;
  auto_llm_dispatch_on_response?: boolean;
  system_prompt?: string;
  endpoint?: { name?: string; path?: string; http_method?: string; http_headers?: Record<string, string> };
  parameters?: ParameterDraft[];
}

export interface ParameterDraft {
  name?: string;
  description?: string;
  type?: string;
  required?: boolean;
  default?: string | number | boolean;
  enum?: (string | number | boolean)[];
  format?: string;
  in_path?: boolean;
}

export interface RateLimitDraft {
  model?: string;
}

export interface TracingDraft {
  random_sampling?: number;
  opentracing_grpc_endpoint?: string;
  span_attributes?: { header_prefixes?: string[]; static?: Record<string, string> };
  exporters?: { type?: string; url?: string; api_key?: string }[];
}
