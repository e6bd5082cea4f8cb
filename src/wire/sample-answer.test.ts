import { describe, expect, it } from '@jest/globals';
import type { UpstreamApiId } from './api';
import { FirstTokenReader } from './first-token';
import { createResponseTranslator } from './response';
import { sampleAnswer, sampleStreamError } from './sample-answer';

const APIS: readonly UpstreamApiId[] = [
  'openai.chat',
  'openai.responses',
  'anthropic.messages',
  'gemini.generate',
  'cohere.chat',
  'bedrock.converse',
  'bedrock.invoke.anthropic',
  'vertex.anthropic',
  'vertex.gemini',
  'azure.openai.chat',
];
const TEXT = 'All is well at the stand-in.';

function asChat(upstream: UpstreamApiId, stream: boolean, contentType: string, body: Buffer): string {
  const translator = createResponseTranslator({
    client: 'openai.chat',
    upstream,
    requestModel: 'm',
    upstreamModel: 'm',
    stream,
    includeUsage: false,
    status: 200,
    contentType,
  });
  return Buffer.concat([translator.push(body), translator.end(false)]).toString();
}

describe.each(APIS)('%s', (api) => {
  it('answers', () => {
    const { contentType, body } = sampleAnswer({ api, text: TEXT, model: 'm', stream: false });
    expect(asChat(api, false, contentType, body)).toContain(TEXT);
  });

  it('streams', () => {
    const { contentType, body } = sampleAnswer({ api, text: TEXT, model: 'm', stream: true });
    const text = asChat(api, true, contentType, body);
    const pieces = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece);
    expect(pieces.join('')).toBe(TEXT);
    expect(text.trimEnd().endsWith('[DONE]')).toBe(true);
    expect(new FirstTokenReader().push(body)).toBe('token');
  });

  it('fails in a stream', () => {
    const { contentType, body } = sampleStreamError(api);
    expect(new FirstTokenReader().push(body)).toBe('error');
    expect(asChat(api, true, contentType, body)).toContain('"error"');
  });
});

it('refuses what is no chat', () => {
  expect(() => sampleStreamError('bedrock.rerank')).toThrow(/./);
});
