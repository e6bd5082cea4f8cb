/** Calls the sidecar makes itself (earlier agents, filters, endpoints). They leave through Envoy's egress listener. */
export interface SideCallRequest {
  /** UpstreamPlan.id: the Envoy cluster to use. */
  readonly upstream: string;
  readonly method: string;
  readonly path: string;
  /** Lower-case names. Host and content-length are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly timeoutMs: number;
  /** Aborts the call, e.g. because the client is gone. */
  readonly signal: AbortSignal;
  /** Answers larger than this are refused. */
  readonly maxResponseBytes: number;
}

export interface SideCallResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Already decompressed. */
  readonly body: Buffer;
  /** True when Envoy answered for the upstream (unreachable, timeout, reset). */
  readonly local: boolean;
}

export interface SideCalls {
  /** Rejects with GatewayError (`upstream_unreachable`, `upstream_timeout`, `upstream_malformed`) or an AbortError. */
  call(request: SideCallRequest): Promise<SideCallResponse>;
  close(): Promise<void>;
}
