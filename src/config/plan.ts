/**
 * The Plan: what a configuration file means once every name is resolved and every default applied.
 *
 * It is frozen, serialisable (plain JSON), hashed, free of secret values and free of Envoy types. The compiler turns it into
 * Envoy resources, the sidecar runs it; both read the same hash, so a mismatch is visible.
 */

import type { CloudIdentity, CloudPlace } from '../providers/provider';

export type { CloudIdentity, CloudPlace };

/** Raised whenever a field changes its meaning; a sidecar refuses a Plan of another format instead of half understanding it. */
export const PLAN_FORMAT = 1;

export interface Plan {
  readonly format: typeof PLAN_FORMAT;
  /** SHA-256 (hex) over the canonical JSON of everything else in the Plan but `source`. */
  readonly hash: string;
  /** Path of the configuration file as it was given, for messages only. */
  readonly source: string;
  readonly listeners: readonly ListenerPlan[];
  /** Network places Envoy may call: one cluster each. Ids are unique and become Envoy cluster names. */
  readonly upstreams: readonly UpstreamPlan[];
  readonly agents: readonly AgentPlan[];
  /** Configured models in file order. Wildcards are kept as wildcards; the sidecar expands them from the registry. */
  readonly models: readonly ModelPlan[];
  readonly aliases: readonly AliasPlan[];
  readonly preferences: readonly PreferencePlan[];
  readonly filters: readonly FilterPlan[];
  readonly promptTargets: readonly PromptTargetPlan[];
  readonly systemPrompt?: string;
  readonly limits: LimitsPlan;
  readonly egress: EgressPlan;
  readonly routing: RoutingPlan;
  readonly telemetry: TelemetryPlan;
  /** overrides.debug_headers: callers that send `x-outerloop-debug: 1` are told why (x-outerloop-decision). */
  readonly debugHeaders?: boolean;
  /**
   * Places (`line: what`) where the file asks for protection that this version cannot give. Whoever runs the Plan must refuse
   * while this is not empty; absent means empty.
   */
  readonly missingProtection?: readonly string[];
  /** Names of every environment variable whose value the sidecar needs at run time (never the values). */
  readonly secretNames: readonly string[];
}

export type ListenerType = 'model' | 'agent' | 'prompt';

export interface ListenerPlan {
  readonly type: ListenerType;
  /** As written; unique. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Total time for one request including its streamed answer. */
  readonly timeoutMs: number;
  /** Retries on the same candidate when there is only one; a cap on attempts - 1 when there are several. 0: not set. */
  readonly maxRetries: number;
  /** True when the file did not write this listener (implicit model listener on 127.0.0.1:12000). */
  readonly implicit: boolean;
  /** Agent listeners only; at least one entry. */
  readonly agents: readonly ListenerAgentPlan[];
  /** How the tokens of OpenAI-style streams are counted whose caller does not ask for usage. Absent: estimated. */
  readonly usage?: 'exact';
  readonly inputFilters: readonly string[];
  readonly outputFilters: readonly string[];
  /** Model listeners only. */
  readonly failover?: FailoverPlan;
}

/** What leads to the next candidate. `reset` and `timeout` are one to Envoy: an attempt that ended without an answer. */
export type FailoverCause =
  'connect' | 'reset' | 'timeout' | '408' | '409' | '429' | '5xx' | 'stream_error' | 'first_token_timeout';

/** As written; a setting that is absent here is taken from the next outer place (listener), then from the default. */
export interface FailoverPlan {
  readonly on?: readonly FailoverCause[];
  readonly perTryTimeoutMs?: number;
  /** Longest silence of a streamed answer before its first token. */
  readonly firstTokenTimeoutMs?: number;
  /** At least 1. */
  readonly maxAttempts?: number;
}

export interface ListenerAgentPlan {
  /** Id of an AgentPlan. */
  readonly id: string;
  readonly description: string;
  readonly default: boolean;
  /** Example requests (extension key `examples`), the cheapest way to better choices. */
  readonly examples: readonly string[];
  readonly inputFilters: readonly string[];
}

export interface UpstreamPlan {
  /** Envoy cluster name, e.g. `provider:openai`, `provider:openai@llm.example.com:8443`, `agent:weather_agent`, `endpoint:api`. */
  readonly id: string;
  readonly kind: 'provider' | 'agent' | 'filter' | 'endpoint' | 'telemetry';
  /** Host name or IP literal (IPv6 without brackets), lower case. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Value for the Host header / :authority (http_host when configured, else host, with the port when it is not the default one). */
  readonly authority: string;
  /** HTTP/2 towards this upstream: `alpn` offers both over TLS; `off` is HTTP/1.1. */
  readonly http2: 'alpn' | 'off';
  readonly connectTimeoutMs: number;
  /** Ring-hash on x-plano-prefix-hash (endpoints with prefix_affinity). */
  readonly prefixAffinity: boolean;
  /** Envoy signs every request (AWS Signature Version 4) with what the standard credential chain gives it. */
  readonly awsSigning?: { readonly service: string; readonly region: string };
}

export interface AgentPlan {
  readonly id: string;
  /** Id of an UpstreamPlan. */
  readonly upstream: string;
  /** Path the agent is called at, always ending in `/chat/completions`. */
  readonly path: string;
}

/** A piece of text in which environment variables stand for themselves until the sidecar fills them in. */
export type SecretTemplate = readonly (string | { readonly env: string })[];

export interface ModelPlan {
  /** Unique lookup key: the entry's `name`, else the full model string (`openai/gpt-4o`). */
  readonly name: string;
  /** Full model string as written (`openai/gpt-4o`, `anthropic/*`). */
  readonly model: string;
  /** Provider id known to `src/providers` (the interface, for unknown prefixes). */
  readonly provider: string;
  /** Prefix as written, e.g. `custom` in `custom/gpt-4o`; equals provider for known vendors. */
  readonly prefix: string;
  /** Model id sent upstream; `*` for wildcards. */
  readonly modelId: string;
  readonly wildcard: boolean;
  /** Id of an UpstreamPlan. */
  readonly upstream: string;
  /** Path of base_url without surrounding slashes; absent: the provider's own prefix. */
  readonly basePath?: string;
  /** Absent with passthroughAuth or for keyless upstreams. */
  readonly credential?: SecretTemplate;
  /** What the machine itself is trusted with takes the place of a credential; `aws` means that the upstream has awsSigning. */
  readonly identity?: CloudIdentity;
  /** What the path in a cloud needs beside the model id. */
  readonly cloud?: CloudPlace;
  readonly passthroughAuth: boolean;
  /** Extra upstream headers, set after authentication. Keys lower case. */
  readonly headers: Readonly<Record<string, SecretTemplate>>;
  readonly default: boolean;
}

export interface AliasPlan {
  readonly name: string;
  /** Ordered places; the models inside one place share it by weight. Each `model` is a ModelPlan.name (wildcards never). */
  readonly targets: readonly (readonly { readonly model: string; readonly weight: number }[])[];
  readonly failover?: FailoverPlan;
}

export interface PreferencePlan {
  readonly name: string;
  readonly description: string;
  /** ModelPlan names or model ids, ranked. */
  readonly models: readonly string[];
  readonly prefer: 'cheapest' | 'fastest' | 'none';
  readonly failover?: FailoverPlan;
}

export interface FilterPlan {
  readonly id: string;
  readonly type: 'http' | 'mcp';
  readonly upstream: string;
  readonly path: string;
  readonly tool: string;
}

export interface PromptTargetPlan {
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
  readonly endpoint?: {
    readonly upstream: string;
    readonly path: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, SecretTemplate>>;
  };
  readonly parameters: readonly PromptTargetParameter[];
  readonly systemPrompt?: string;
  readonly autoDispatch: boolean;
}

export interface PromptTargetParameter {
  readonly name: string;
  readonly description?: string;
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
}

export interface LimitsPlan {
  /** Largest request body in bytes; beyond it the caller gets 413. */
  readonly maxRequestBytes: number;
}

export interface EgressPlan {
  /** PEM bundle for verifying upstreams; absent: the system's bundle, found when compiling. */
  readonly caPath?: string;
}

export interface RoutingPlan {
  /** Model that answers routing questions (later issue); bare id as in overrides.llm_routing_model. */
  readonly routerModel?: string;
}

export interface TelemetryPlan {
  /** Percent of requests traced, 0–100. 0: off. */
  readonly samplingPercent: number;
  /** Absent: tracing is off even when samplingPercent > 0. */
  readonly otlp?: {
    readonly protocol: 'grpc' | 'http/protobuf';
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    /** Path of the HTTP form, `/v1/traces` unless the endpoint says otherwise. */
    readonly path: string;
  };
  readonly headerPrefixes: readonly string[];
  readonly staticAttributes: Readonly<Record<string, string>>;
}

/**
 * Where this deployment's parts meet. Not part of the Plan: the same Plan runs on a laptop and in a pod.
 * Addresses are `unix:/absolute/path` or `host:port`.
 */
export interface Wiring {
  /** ext_proc gRPC address of the sidecar. */
  readonly sidecar: string;
  /** Envoy's internal listener for the sidecar's own calls. */
  readonly egress: string;
  /** Envoy's admin; port 0 picks a free one. Loopback only. */
  readonly admin: { readonly address: string; readonly port: number };
  /** Folder for access logs; absent: standard output. */
  readonly logDirectory?: string;
}
