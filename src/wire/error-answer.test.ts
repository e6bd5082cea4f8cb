import { describe, expect, it } from '@jest/globals';
import { GatewayError } from './errors';
import { dialectForPath, renderStreamError, wireErrors } from './index';

const notFound = new GatewayError('model_not_found', 'The model "gpt-9" is not configured.', { param: 'model' });
const NOT_FOUND = 'The model "gpt-9" is not configured. GET /v1/models lists the models of this listener.';

describe('wireErrors', () => {
  it.each(['openai.chat', 'openai.responses'] as const)('renders for %s', (dialect) => {
    const { body, ...rest } = wireErrors.render(dialect, notFound);
    expect(rest).toEqual({ status: 404, contentType: 'application/json', headers: {} });
    expect(JSON.parse(body.toString())).toEqual({
      error: { message: NOT_FOUND, type: 'not_found_error', param: 'model', code: 'model_not_found' },
    });
  });

  it('renders for anthropic.messages', () => {
    const { body } = wireErrors.render('anthropic.messages', notFound);
    expect(JSON.parse(body.toString())).toEqual({
      type: 'error',
      error: { type: 'not_found_error', message: NOT_FOUND },
    });
  });

  it('says when to try again', () => {
    const error = new GatewayError('overloaded', 'Too much', { retryAfterSeconds: 1.2 });
    const { headers, status, body } = wireErrors.render('openai.chat', error);
    expect(headers).toEqual({ 'retry-after': '2' });
    expect(status).toBe(503);
    expect(body.toString()).toContain('Too much. Try again in a moment.');
  });

  it('never shows a cause', () => {
    const { body } = wireErrors.render('openai.chat', GatewayError.from(new Error('sk-secret')));
    expect(body.toString()).not.toContain('sk-secret');
  });

  it('keeps a status that was given', () => {
    expect(wireErrors.render('openai.chat', new GatewayError('agent_failed', 'x', { status: 529 })).status).toBe(529);
  });
});

describe('renderStreamError', () => {
  const error = new GatewayError('upstream_reset', 'Gone.', { hint: '' });

  it('is an event of each API', () => {
    expect(renderStreamError('openai.chat', error).toString()).toBe(
      'data: {"error":{"message":"Gone.","type":"server_error","param":null,"code":"upstream_reset"}}\n\n',
    );
    expect(renderStreamError('anthropic.messages', error).toString()).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Gone."}}\n\n',
    );
    expect(renderStreamError('openai.responses', error).toString()).toBe(
      'event: error\ndata: {"type":"error","code":"upstream_reset","message":"Gone.","param":null}\n\n',
    );
  });
});

describe('dialectForPath', () => {
  it.each([
    ['/v1/chat/completions', 'openai.chat'],
    ['/v1/messages', 'anthropic.messages'],
    ['/v1/responses', 'openai.responses'],
    ['/v1/messages/count_tokens', 'anthropic.count_tokens'],
    ['/v1/chat/completions/', undefined],
    ['/', undefined],
  ])('%s', (path, dialect) => {
    expect(dialectForPath(path)).toBe(dialect);
  });
});
