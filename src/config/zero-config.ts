import { PROVIDERS } from '../providers/index';

const OTLP_VARIABLES = [
  'OTEL_TRACING_GRPC_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];

/**
 * A configuration made from provider keys in the environment: all models of each provider whose key is set, behind the
 * implicit model listener on 127.0.0.1:12000. Undefined when no key is set.
 */
export function zeroConfigText(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  const keyed = PROVIDERS.flatMap(({ id, keyVariable }) =>
    keyVariable !== undefined && isSet(keyVariable) ? [{ id, keyVariable }] : [],
  );
  if (keyed.length === 0) return undefined;
  const entries = keyed.flatMap(({ id, keyVariable }) => [
    `  - name: ${id}`,
    `    model: ${id}/*`,
    `    access_key: $${keyVariable}`,
  ]);
  const tracing = OTLP_VARIABLES.some(isSet) ? ['tracing:', '  random_sampling: 100'] : [];
  return ['version: v0.4.0', 'listeners: []', 'model_providers:', ...entries, ...tracing, ''].join('\n');
}
