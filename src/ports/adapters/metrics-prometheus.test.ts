import { describe, expect, it } from '@jest/globals';
import type { Metrics } from '../metrics';
import { createMetrics } from './metrics-prometheus';

/** Lines of the exposition that are about `name`, comments left out. */
async function lines(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.render();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

describe('metrics', () => {
  it('count requests in the names of the dashboards', async () => {
    const metrics = createMetrics();
    metrics.requestFinished({ handler: 'llm_chat', method: 'POST', statusClass: '2xx' }, 0.04);
    metrics.requestFinished({ handler: 'llm_chat', method: 'BREW', statusClass: '7xx' }, 70);
    expect(await lines(metrics, 'brightstaff_http_requests_total')).toEqual([
      'brightstaff_http_requests_total{handler="llm_chat",method="POST",status_class="2xx"} 1',
      'brightstaff_http_requests_total{handler="llm_chat",method="OTHER",status_class="other"} 1',
    ]);
    const buckets = await lines(metrics, 'brightstaff_http_request_duration_seconds_bucket');
    expect(buckets.map((line) => /le="([^"]+)"/.exec(line)?.[1]).join(' ')).toBe(
      '0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 +Inf',
    );
    expect(buckets.map((line) => line.split(' ').at(-1)).join('')).toBe('00011111111112');
  });

  it('show requests in flight, and never less than none', async () => {
    const metrics = createMetrics();
    metrics.requestStarted?.('agent_chat');
    metrics.requestStarted?.('agent_chat');
    metrics.requestFinished({ handler: 'agent_chat', method: 'POST', statusClass: '2xx' }, 1);
    metrics.requestFinished({ handler: 'list_models', method: 'GET', statusClass: '2xx' }, 1);
    expect(await lines(metrics, 'brightstaff_http_in_flight_requests')).toEqual([
      'brightstaff_http_in_flight_requests{handler="agent_chat"} 1',
    ]);
  });

  it('count streams, messages, attempts and decisions', async () => {
    const metrics = createMetrics();
    metrics.streamOpened('front');
    metrics.streamOpened('attempt');
    metrics.messageReceived('front', 'request_body');
    metrics.attemptStarted({ provider: 'openai', model: 'gpt-4o', attempt: 2 });
    metrics.decided({ kind: 'agents', decider: 'encoder' }, 0.004);
    const { text } = await metrics.render();
    for (const line of [
      'outerloop_extproc_streams_total{role="front"} 1',
      'outerloop_extproc_streams_total{role="attempt"} 1',
      'outerloop_extproc_messages_total{role="front",phase="request_body"} 1',
      'outerloop_attempts_total{provider="openai",model="gpt-4o",attempt="2"} 1',
      'outerloop_decisions_total{kind="agents",decider="encoder"} 1',
      'outerloop_decision_duration_seconds_bucket{le="0.005",kind="agents"} 1',
      'outerloop_decision_duration_seconds_bucket{le="0.0025",kind="agents"} 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('keep the number of label values bounded', async () => {
    const metrics = createMetrics();
    for (let index = 0; index < 2_000; index += 1) {
      metrics.attemptStarted({ provider: 'openai', model: `model-${String(index)}`, attempt: 1 });
      metrics.attemptStarted({ provider: 'openai', model: 'model-0', attempt: index });
    }
    const attempts = await lines(metrics, 'outerloop_attempts_total');
    expect(attempts.length).toBeLessThanOrEqual(500 + 1 + 12);
    expect(attempts).toContain('outerloop_attempts_total{provider="openai",model="other",attempt="1"} 1500');
  });

  it('name the build, the process and the event loop', async () => {
    const { text, contentType } = await createMetrics({ version: '1.2.3', gitSha: 'abc' }).render();
    expect(contentType).toMatch(/^text\/plain/);
    expect(text).toContain('brightstaff_build_info{version="1.2.3",git_sha="abc"} 1');
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+/m);
  });

  it('of two instances do not meet', async () => {
    const [first, second] = [createMetrics(), createMetrics()];
    first.streamOpened('front');
    expect(await lines(second, 'outerloop_extproc_streams_total')).toEqual([]);
  });
});
