import { describe, expect, it } from '@jest/globals';
import { inlineRequestWire } from '../wire';
import { bodyQuirks, findProvider } from './registry';

/** A chat body as the vendor would get it. */
async function sent(vendor: string, model: string, body: object): Promise<unknown> {
  const provider = findProvider(vendor);
  if (provider === undefined) throw new Error(`no provider ${vendor}`);
  const quirks = bodyQuirks(provider, 'openai.chat', model);
  const rendered = await inlineRequestWire.render('openai.chat', 'openai.chat', Buffer.from(JSON.stringify(body)), {
    requestModel: model,
    upstreamModel: model,
    stream: false,
    includeUsage: false,
    ...(quirks === undefined ? {} : { quirks }),
  });
  return JSON.parse(rendered.body.toString());
}

const messages = [{ role: 'developer', content: 'Be brief.' }];

describe('bodies in a vendor’s spelling', () => {
  it('Mistral', async () => {
    const body = { model: 'mistral-large', messages, seed: 7, max_completion_tokens: 9, tool_choice: 'required' };
    expect(await sent('mistral', 'mistral-large', body)).toEqual({
      model: 'mistral-large',
      messages: [{ role: 'system', content: 'Be brief.' }],
      random_seed: 7,
      max_tokens: 9,
      tool_choice: 'any',
    });
  });

  it('xAI', async () => {
    const body = { model: 'grok-4', messages, web_search_options: {}, seed: 7 };
    expect(await sent('xai', 'grok-4', body)).toEqual({ model: 'grok-4', messages, seed: 7 });
  });

  it.each([
    ['none', 'low'],
    ['medium', 'high'],
    ['odd', undefined],
  ])('Moonshot with effort %s', async (given, effort) => {
    const body = { model: 'kimi-k3', messages, temperature: 0.3, top_p: 1, n: 2, reasoning_effort: given };
    expect(await sent('moonshotai', 'kimi-k3', body)).toEqual({
      model: 'kimi-k3',
      messages,
      ...(effort === undefined ? {} : { reasoning_effort: effort }),
    });
    const other = { ...body, model: 'kimi-k2' };
    expect(await sent('moonshotai', 'kimi-k2', other)).toEqual(other);
  });

  it('is nobody’s business elsewhere', async () => {
    const body = { model: 'gpt-4o', messages, seed: 7, web_search_options: {} };
    expect(await sent('openai', 'gpt-4o', body)).toEqual(body);
  });
});
