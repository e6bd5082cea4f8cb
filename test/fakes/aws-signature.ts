import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RecordedRequest } from './upstream';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The Authorization header that AWS's own signer gives to a request as it arrived: same time, same signed headers. */
export async function expectedAuthorization(
  { method, path, headers, body }: RecordedRequest,
  { credentials, region }: { readonly credentials: AwsKeys; readonly region: string },
): Promise<string | undefined> {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const [pathname = '/', query = ''] = path.split('?');
  const request = new HttpRequest({
    method,
    protocol: 'http:',
    hostname: headers.host ?? '',
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    body,
  });
  const signer = new SignatureV4({ service: 'bedrock', region, credentials, sha256: Sha256 });
  const result = await signer.sign(request, {
    signingDate: dateOf(String(headers['x-amz-date'])),
    signableHeaders: new Set(signed),
  });
  return result.headers['authorization'];
}

/** `20261122T170000Z` */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}
