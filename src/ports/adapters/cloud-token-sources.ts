import type { TokenIdentity } from '../cloud-tokens';

export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** Asks a cloud's library; it decides where credentials are looked for and whether its last token still serves. */
export type TokenSource = () => Promise<AccessToken>;

const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const AZURE_SCOPE = 'https://cognitiveservices.azure.com/.default';

/** Google's tokens live an hour; assumed where a source does not say. */
const USUAL_LIFETIME_MS = 3_000_000;

/** Libraries are loaded when a Plan needs them: they are large and most installations do not. */
export const TOKEN_SOURCES: Readonly<Record<TokenIdentity, (renewBeforeMs: number) => Promise<TokenSource>>> = {
  /** Application default credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud's file, workload identity, metadata server. */
  async google(renewBeforeMs) {
    const { GoogleAuth } = await import('google-auth-library');
    const auth = new GoogleAuth({
      scopes: [GOOGLE_SCOPE],
      // Paths name the project; without one here the library asks another API for it, which not every identity may call.
      projectId: 'named-by-the-path',
      clientOptions: { eagerRefreshThresholdMillis: renewBeforeMs },
    });
    return async () => {
      const client = await auth.getClient();
      const { token } = await client.getAccessToken();
      if (token === null || token === undefined) throw new Error('the application default credentials gave no token');
      return { token, expiresAtMs: client.credentials.expiry_date ?? Date.now() + USUAL_LIFETIME_MS };
    };
  },

  /** DefaultAzureCredential: AZURE_CLIENT_ID and its like, workload identity, managed identity, Azure CLI. */
  async azure() {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const credential = new DefaultAzureCredential();
    return async () => {
      const { token, expiresOnTimestamp } = await credential.getToken(AZURE_SCOPE);
      return { token, expiresAtMs: expiresOnTimestamp };
    };
  },
};
