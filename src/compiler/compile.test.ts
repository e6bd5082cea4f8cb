import { describe, expect, it } from '@jest/globals';
import type { UpstreamPlan } from '../config/plan';
import { buildListener, buildPlan, buildUpstream, buildWiring } from '../../test/fakes/plan';
import { compile } from './compile';
import type { EnvoyObject } from './resource';

const clusters = (upstreams: readonly UpstreamPlan[]): readonly EnvoyObject[] =>
  compile(buildPlan({ upstreams }), buildWiring()).clusters;
const cluster = (upstream: UpstreamPlan): EnvoyObject | undefined =>
  clusters([upstream]).find(({ name }) => name === upstream.id);
const json = (value: unknown): string => JSON.stringify(value);

describe('listeners', () => {
  it('are those of the Plan and the egress listener, nothing else', () => {
    const listeners = [buildListener(), buildListener({ type: 'agent', name: 'travel', port: 8001 })];
    const names = compile(buildPlan({ listeners }), buildWiring()).listeners.map(({ name }) => name);
    expect(names).toEqual(['model:llm', 'agent:travel', 'outerloop:egress']);
  });

  it('carry their names to the sidecar in ASCII, percent-encoded once Envoy has expanded them', () => {
    const { listeners } = compile(buildPlan({ listeners: [buildListener({ name: 'Ä 5%' })] }), buildWiring());
    expect(json(listeners)).toContain('{"key":"x-outerloop-listener","value":"%%C3%%84%%205%%25"}');
  });

  it('fail closed and accept as many retries as the sidecar says', () => {
    const { listeners } = compile(buildPlan(), buildWiring());
    expect(json(listeners)).toContain('"failure_mode_allow":false');
    expect(json(listeners)).not.toContain('"failure_mode_allow":true');
    expect(json(listeners)).toContain('"refresh_cluster_on_retry":true');
  });

  it.each([
    [1_000, '10s'],
    [300_000, '300s'],
  ])('with a timeout of %d ms let the sidecar work for %s', (timeoutMs, expected) => {
    const { listeners } = compile(buildPlan({ listeners: [buildListener({ timeoutMs })] }), buildWiring());
    expect(json(listeners)).toContain(`"max_message_timeout":"${expected}"`);
  });

  it('trace nothing unless requests are sampled and there is a collector', () => {
    const otlp = { protocol: 'grpc', host: 'localhost', port: 4317, tls: false, path: '' } as const;
    const rest = { headerPrefixes: [], staticAttributes: {} };
    const sampled = (telemetry: Parameters<typeof buildPlan>[0]) => json(compile(buildPlan(telemetry), buildWiring()));
    expect(sampled({ telemetry: { samplingPercent: 0, otlp, ...rest } })).not.toContain('OpenTelemetryConfig');
    expect(sampled({ telemetry: { samplingPercent: 50, ...rest } })).not.toContain('OpenTelemetryConfig');
    expect(sampled({ telemetry: { samplingPercent: 50, otlp, ...rest } })).toContain('plano(inbound)');
  });
});

describe('internal ports', () => {
  it.each([{ egress: '0.0.0.0:9192' }, { egress: 'example.com:9192' }, { admin: { address: '0.0.0.0', port: 9901 } }])(
    'never open to the network: %j',
    (wiring) => {
      expect(() => compile(buildPlan(), buildWiring(wiring))).toThrow(/loopback/);
    },
  );

  it('are Unix sockets for the owner alone where they can be', () => {
    expect(json(compile(buildPlan(), buildWiring()).listeners.at(-1))).toContain('"mode":384');
  });
});

describe('clusters', () => {
  it('check chain and name of TLS upstreams', () => {
    const text = json(clusters([buildUpstream({ host: 'api.example.com' })]));
    expect(text).toContain('"sni":"api.example.com"');
    expect(text).toContain('{"san_type":"DNS","matcher":{"exact":"api.example.com"}}');
    expect(text).toContain('"trusted_ca":{"filename":"/etc/ssl/certs/ca-certificates.crt"}');
  });

  it('check addresses as addresses, unless a host name is configured for them', () => {
    const byAddress = json(cluster(buildUpstream({ host: '10.0.0.1' })));
    expect(byAddress).toContain('{"san_type":"IP_ADDRESS","matcher":{"exact":"10.0.0.1"}}');
    expect(byAddress).not.toContain('"sni"');
    expect(json(cluster(buildUpstream({ host: '10.0.0.1', authority: 'llm.example.com:8443' })))).toContain(
      '"sni":"llm.example.com"',
    );
  });

  it('keep stat names free of dots and colons', () => {
    const id = 'provider:openai@llm.example.com:8443';
    expect(cluster(buildUpstream({ id }))?.['alt_stat_name']).toBe('provider_openai_llm_example_com_8443');
  });

  it.each(['provider', 'agent'] as const)('of kind %s wake the sidecar for retries', (kind) => {
    expect(json(cluster(buildUpstream({ kind })))).toContain('"value":"attempt"');
  });

  it.each(['endpoint', 'filter'] as const)('of kind %s never do', (kind) => {
    expect(json(cluster(buildUpstream({ kind })))).not.toContain('"value":"attempt"');
  });

  it.each([
    ['api.example.com', 2],
    ['localhost', 1],
    ['127.0.0.1', 1],
  ])('stand in for a candidate whose name may not resolve: %s', (host, count) => {
    const own = clusters([buildUpstream({ host })]).filter(
      ({ name }) => typeof name === 'string' && name.startsWith('provider:example'),
    );
    expect(own).toHaveLength(count);
    expect(own.at(-1)?.['name']).toBe('provider:example');
  });

  it('use the CA bundle of the Plan', () => {
    const plan = buildPlan({ upstreams: [buildUpstream()], egress: { caPath: '/own/ca.pem' } });
    expect(json(compile(plan, buildWiring()).clusters)).toContain('"filename":"/own/ca.pem"');
  });
});
