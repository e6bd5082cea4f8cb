import type { BodyQuirks } from '../wire/body-quirks';
import type { DialectId, UpstreamApiId } from '../wire/api';

export interface DialectRow {
  /** How bodies are spelled; for an `api` that wire translates directly (embeddings on Bedrock), the client API it serves. */
  readonly dialect: DialectId;
  /** Appended to the base path. Absent: the path that `wire` knows for the API (clouds put model and method into it). */
  readonly path?: string;
  /** The dialect in a cloud's wrapping; absent: the dialect itself. */
  readonly api?: UpstreamApiId;
  /** Model ids that this row is for; absent: all. */
  readonly models?: RegExp;
}

/** Where a cloud runs a model; what a path or a signature needs beside the model id. */
export interface CloudPlace {
  /** AWS or Google Cloud region, `global` included. */
  readonly region?: string;
  /** Google Cloud project. */
  readonly project?: string;
  /** Azure OpenAI: `v1`, `preview` or a date. */
  readonly apiVersion?: string;
}

/**
 * Who vouches for this machine where an entry names no credential: AWS's standard credential chain (Envoy signs), Google's
 * application default credentials or Microsoft Entra ID (the sidecar gets tokens).
 */
export type CloudIdentity = 'aws' | 'google' | 'azure';

/** How a credential travels; the rules are in `pipeline/authorise.ts`. */
export type AuthKind = 'bearer' | 'x-api-key' | 'api-key' | 'google';

/** The rows most vendors use; a vendor that spells a path differently writes a row of its own. */
export const CHAT = { dialect: 'openai.chat', path: '/chat/completions' } as const satisfies DialectRow;
export const RESPONSES = { dialect: 'openai.responses', path: '/responses' } as const satisfies DialectRow;
/** Last in a vendor's list: only clients that call it want it. */
export const COMPLETIONS = { dialect: 'openai.completions', path: '/completions' } as const satisfies DialectRow;
export const MESSAGES = { dialect: 'anthropic.messages', path: '/messages' } as const satisfies DialectRow;
export const EMBEDDINGS = { dialect: 'openai.embeddings', path: '/embeddings' } as const satisfies DialectRow;
export const IMAGES = { dialect: 'openai.images', path: '/images/generations' } as const satisfies DialectRow;
export const SPEECH = { dialect: 'openai.audio.speech', path: '/audio/speech' } as const satisfies DialectRow;
export const COUNT_TOKENS = {
  dialect: 'anthropic.count_tokens',
  path: '/messages/count_tokens',
} as const satisfies DialectRow;

/** A difference between a vendor's spelling of a dialect and the dialect's home. */
export interface VendorQuirk {
  readonly dialect: DialectId;
  /** Exact model ids that it is about; absent: all of the vendor's. The first quirk that fits a model is taken. */
  readonly models?: readonly string[];
  readonly body: BodyQuirks;
}

/** One vendor: a data row. A vendor whose wire format has quirks adds functions beside the row, in the same file. */
export interface Provider {
  /** Prefix in `model: <id>/<model>` and value of provider_interface. */
  readonly id: string;
  readonly displayName: string;
  /** Other spellings of the id, accepted for wildcard prefixes (google -> gemini, ...). */
  readonly aliases?: readonly string[];
  /** Built-in address; absent: base_url is required. */
  readonly baseUrl?: string;
  /**
   * Base path without surrounding slashes for a base_url that has none. Absent: the path of baseUrl, else `v1`.
   */
  readonly ownBasePath?: string;
  /** APIs this vendor speaks, preferred first; paths are appended to the base path (`basePath` of base_url or of baseUrl). */
  readonly dialects: readonly DialectRow[];
  readonly auth: AuthKind;
  /** Takes the place of a credential that the entry does not name. */
  readonly identity?: CloudIdentity;
  /** Keys of an entry that say where the cloud runs the model. */
  readonly placeKeys?: readonly ('region' | 'project' | 'api_version')[];
  /** Address that follows from the region, for entries without base_url. */
  readonly baseUrlFor?: (place: CloudPlace) => string | undefined;
  /** Region that a host name of the vendor's speaks of. */
  readonly regionOf?: (host: string) => string | undefined;
  /** Headers every call needs, unless the client already sent them (anthropic-version). */
  readonly requiredHeaders?: Readonly<Record<string, string>>;
  /** Whether it may be the value of provider_interface in Plano's schema. */
  readonly asInterface: boolean;
  /** Environment variable of zero-configuration starts; absent: not offered there. */
  readonly keyVariable?: string;
  /** Vendor key in provider-models.json for wildcard expansion. */
  readonly catalog?: string;
  readonly http2: 'alpn' | 'off';
  /** Corrects a configured base path that this vendor spells in a way of its own; undefined: the vendor's own. */
  readonly basePathFor?: (request: PathRequest) => string | undefined;
  /** Whole path for vendors that do not fit `base + path` (Azure, Bedrock). */
  readonly pathFor?: (request: PathRequest) => string;
  /** Where its bodies differ from those of the dialects it speaks. */
  readonly quirks?: readonly VendorQuirk[];
  /** Set while a later issue brings the vendor's own wire format; validate says so. */
  readonly notYet?: string;
}

export interface PathRequest {
  readonly dialect: DialectId;
  /** API the caller speaks. */
  readonly client: DialectId;
  /** Path suffix of the dialect row. */
  readonly path?: string;
  /** Base path without surrounding slashes; undefined: the vendor's own. */
  readonly basePath: string | undefined;
  /** Prefix as written in the file (`perplexity`), for custom vendors that differ from their interface. */
  readonly prefix?: string;
  readonly modelId: string;
  readonly stream: boolean;
  /** Absent: the dialect itself. */
  readonly api?: UpstreamApiId;
  readonly cloud?: CloudPlace;
}
