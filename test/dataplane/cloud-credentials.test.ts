import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectedAuthorization } from '../fakes/aws-signature';
import { startFakeUpstream, type FakeUpstream, type RecordedRequest } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session/token+of=AWS',
};
const NOVA = 'us.amazon.nova-premier-v1:0';
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
const FROM_GOOGLE = 'ya29.token-of-google';
const FROM_ENTRA = 'eyJhbGciOiJub25lIn0.eyJvaWQiOiIxIn0.c2ln';

let bedrock: FakeUpstream;
let openai: FakeUpstream;
let azure: FakeUpstream;
let vertex: FakeUpstream;
let issuer: Server;
let folder: string;
let instance: Instance;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outerloop-cloud-'));
  bedrock = await startFakeUpstream({ name: 'bedrock' });
  openai = await startFakeUpstream({ name: 'openai' });
  azure = await startFakeUpstream({ name: 'azure' });
  vertex = await startFakeUpstream({ name: 'vertex' });
  issuer = createServer((request, response) => {
    const body = JSON.stringify(tokenAnswer(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  instance = await startInstance({
    config: configuration(),
    env: {
      OPENAI_API_KEY: 'openai-secret',
      AZURE_KEY: 'azure-secret',
      AWS_BEARER_TOKEN_BEDROCK: 'bedrock-secret',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      GOOGLE_APPLICATION_CREDENTIALS: await googleCredentials(issuerUrl),
      // Managed identity as App Service offers it.
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      IDENTITY_ENDPOINT: `${issuerUrl}/msi/token`,
      IDENTITY_HEADER: 'identity-header',
    },
  });
  base = `http://127.0.0.1:${instance.port('models')}`;
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await Promise.all([bedrock, openai, azure, vertex].map((upstream) => upstream.close()));
  issuer.close();
  await rm(folder, { recursive: true, force: true });
});

function configuration(): string {
  return `
version: v0.4.0
model_providers:
  - model: amazon_bedrock/${NOVA}
    base_url: ${bedrock.url}
    region: us-east-1
    default: true
  - model: amazon_bedrock/${PROFILE}
    base_url: ${bedrock.url}
    region: eu-central-1
  - model: amazon_bedrock/amazon.nova-micro-v1:0
    base_url: ${bedrock.url}
    access_key: $AWS_BEARER_TOKEN_BEDROCK
  - model: openai/gpt-4o
    base_url: ${openai.url}
    access_key: $OPENAI_API_KEY
  - model: azure_openai/with-key
    base_url: ${azure.url}
    access_key: $AZURE_KEY
  - model: azure_openai/with-identity
    base_url: ${azure.url}
    api_version: v1
  - model: vertex_ai/gemini-2.5-pro
    base_url: ${vertex.url}
    region: us-central1
    project: my-project
model_aliases:
  openai-then-bedrock:
    targets: [openai/gpt-4o, amazon_bedrock/${NOVA}]
  bedrock-then-openai:
    targets: [amazon_bedrock/${NOVA}, openai/gpt-4o]
  looked-into:
    targets: [openai/gpt-4o, amazon_bedrock/${NOVA}]
    failover: { on: [5xx, stream_error] }
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    max_retries: 2
`;
}

/** Workload identity federation: a token of some identity provider is exchanged at a token service. */
async function googleCredentials(issuerUrl: string): Promise<string> {
  const subject = join(folder, 'subject-token');
  await writeFile(subject, 'token-of-the-workload');
  const file = join(folder, 'credentials.json');
  const content = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${issuerUrl}/v1/token`,
    credential_source: { file: subject },
  };
  await writeFile(file, JSON.stringify(content));
  return file;
}

function tokenAnswer(request: IncomingMessage): object {
  if (request.url === '/v1/token') {
    return {
      access_token: FROM_GOOGLE,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    };
  }
  const expires = Math.floor(Date.now() / 1000) + 3600;
  return { access_token: FROM_ENTRA, expires_on: String(expires), resource: 'r', token_type: 'Bearer' };
}

function ask(model: string, path = '/v1/chat/completions'): Promise<Response> {
  return fetch(base + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer of-the-caller',
      'api-key': 'of-the-caller',
      'x-goog-api-key': 'of-the-caller',
      'x-amz-security-token': 'of-the-caller',
      'x-amz-date': 'of-the-caller',
    },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Grüße, says the caller' }] }),
  });
}

const CONVERSE = {
  body: JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  }),
  headers: { 'content-type': 'application/json' },
};

const CREDENTIAL_NAMES = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token'];

function credentialsIn(request: RecordedRequest | undefined): Record<string, unknown> {
  return Object.fromEntries(
    CREDENTIAL_NAMES.flatMap((name) => {
      const value = request?.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function expectSigned(request: RecordedRequest | undefined, region: string): Promise<void> {
  if (request === undefined) throw new Error('no request arrived');
  expect(request.headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/);
  expect(request.headers['x-amz-content-sha256']).toBe(createHash('sha256').update(request.body).digest('hex'));
  expect(request.headers['x-amz-security-token']).toBe(CREDENTIALS.sessionToken);
  const { authorization } = request.headers;
  expect(authorization).toContain(`Credential=${CREDENTIALS.accessKeyId}/`);
  expect(authorization).toContain(`/${region}/bedrock/aws4_request`);
  expect(authorization).toBe(await expectedAuthorization(request, { credentials: CREDENTIALS, region }));
  expect(request.headers['api-key']).toBeUndefined();
}

describe('Bedrock without an access key', () => {
  it.each([
    [NOVA, 'us-east-1'],
    [PROFILE, 'eu-central-1'],
  ])('signs the first attempt at %s', async (model, region) => {
    bedrock.next(CONVERSE);
    const response = await ask(`amazon_bedrock/${model}`);
    expect(response.status).toBe(200);
    await expectSigned(bedrock.requests.at(-1), region);
  });

  it.each(['openai-then-bedrock', 'looked-into'])(
    'signs a retry of %s with the body of that attempt',
    async (alias) => {
      openai.next({ status: 503, body: '{}' });
      bedrock.next(CONVERSE);
      const response = await ask(alias);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
      expect(credentialsIn(openai.requests.at(-1))).toEqual({ authorization: 'Bearer openai-secret' });
      const signed = bedrock.requests.at(-1);
      expect(signed?.json).toEqual({ messages: [{ role: 'user', content: [{ text: 'Grüße, says the caller' }] }] });
      await expectSigned(signed, 'us-east-1');
    },
  );

  it('leaves nothing of the signature for the next candidate', async () => {
    bedrock.next({ status: 503, body: '{}' });
    const response = await ask('bedrock-then-openai');
    expect(response.status).toBe(200);
    const sent = openai.requests.at(-1);
    expect(credentialsIn(sent)).toEqual({ authorization: 'Bearer openai-secret' });
    expect(Object.keys(sent?.headers ?? {}).filter((name) => name.startsWith('x-amz'))).toEqual([]);
  });

  it('does not sign where the entry has a key', async () => {
    bedrock.next(CONVERSE);
    await ask('amazon_bedrock/amazon.nova-micro-v1:0');
    expect(credentialsIn(bedrock.requests.at(-1))).toEqual({ authorization: 'Bearer bedrock-secret' });
  });

  it('keeps the keys out of what Envoy shows', async () => {
    const dump = await (await fetch(`http://127.0.0.1:${instance.adminPort}/config_dump`)).text();
    expect(dump).toContain('AwsRequestSigning');
    for (const secret of Object.values(CREDENTIALS)) expect(dump).not.toContain(secret);
  });
});

describe('Azure OpenAI', () => {
  it('gets a key in api-key', async () => {
    await ask('azure_openai/with-key');
    expect(credentialsIn(azure.requests.at(-1))).toEqual({ 'api-key': 'azure-secret' });
  });

  it('gets a token of Entra ID where the entry has no key', async () => {
    await ask('azure_openai/with-identity');
    expect(credentialsIn(azure.requests.at(-1))).toEqual({ authorization: `Bearer ${FROM_ENTRA}` });
    expect(azure.requests.at(-1)?.path).toBe('/openai/v1/chat/completions');
  });
});

describe('Vertex AI without an access key', () => {
  it('gets a token of the application default credentials, at the path of project and region', async () => {
    await ask('vertex_ai/gemini-2.5-pro');
    const sent = vertex.requests.at(-1);
    expect(sent?.path).toBe(
      '/v1/projects/my-project/locations/us-central1/publishers/google/models/gemini-2.5-pro:generateContent',
    );
    expect(credentialsIn(sent)).toEqual({ authorization: `Bearer ${FROM_GOOGLE}` });
  });
});
