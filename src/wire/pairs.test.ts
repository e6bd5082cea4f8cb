/** Rules that hold for every pair of APIs: recorded streams of each upstream, shown to clients of each API; round trips. */
import { describe, expect, it } from '@jest/globals';
import { responsesViolations } from '../../test/fakes/responses-conformance';
import { chatViolations, completionsViolations, messagesViolations } from '../../test/fakes/stream-conformance';
import { readStreams, upstreamModelFor } from '../../test/fakes/wire-cases';
import type { DialectId, TranslateContext } from './api';
import { inlineRequestWire as wire } from './request';
import { createResponseTranslator } from './response';

const RULES: readonly (readonly [DialectId, (text: string) => readonly string[]])[] = [
  ['openai.chat', (text) => chatViolations(text, { includeUsage: true })],
  ['openai.responses', responsesViolations],
  ['openai.completions', (text) => completionsViolations(text, { includeUsage: true })],
  ['anthropic.messages', messagesViolations],
];

/** Arguments that the model had no room to finish stay as they are, in APIs that cannot mark a call as incomplete. */
const CUT_ARGUMENTS = 'arguments are not JSON';

describe.each(readStreams())('stream of $from: $name', ({ from, name, input }) => {
  it.each(RULES)('keeps the rules of %s', (client, violations) => {
    if (client === from) return;
    const translator = createResponseTranslator({
      requestModel: 'asked',
      upstreamModel: upstreamModelFor(from),
      stream: true,
      includeUsage: true,
      client,
      upstream: from,
      status: 200,
      contentType: undefined,
    });
    const text = Buffer.concat([translator.push(input), translator.end(false)]).toString();
    const allowed = name.startsWith('cut-') && client !== 'openai.responses' ? [CUT_ARGUMENTS] : [];
    expect(violations(text).filter((rule) => !allowed.includes(rule))).toEqual([]);
  });
});

describe('requests that go to another API and back', () => {
  const context: TranslateContext = {
    requestModel: 'asked',
    upstreamModel: 'gpt-5',
    stream: false,
    includeUsage: false,
  };
  const conversation = {
    model: 'gpt-5',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
        ],
      },
      {
        role: 'assistant',
        content: 'Let me.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"n": 1.0}' } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: 'two' },
      { role: 'user', content: 'Go on' },
    ],
    tools: [
      { type: 'function', function: { name: 'f', description: 'F', parameters: { type: 'object' }, strict: false } },
      { type: 'function', function: { name: 'g', parameters: { type: 'object' }, strict: true } },
    ],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
    max_completion_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: false } },
    reasoning_effort: 'low',
    user: 'u',
    service_tier: 'flex',
    verbosity: 'low',
  };

  it('are the same: chat completions through Responses', async () => {
    const body = Buffer.from(JSON.stringify(conversation));
    const there = await wire.render('openai.chat', 'openai.responses', body, context);
    const back = await wire.render('openai.responses', 'openai.chat', there.body, context);
    expect([...there.warnings, ...back.warnings]).toEqual([]);
    expect(JSON.parse(back.body.toString())).toEqual(conversation);
  });
});
