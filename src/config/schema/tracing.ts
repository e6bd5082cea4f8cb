import { count, flag, listOf, mapOf, object, oneOf, text, type JsonSchema } from './build';

export const tracing: JsonSchema = object('Traces', {
  random_sampling: count('Percent of the requests that are traced', { minimum: 0, maximum: 100 }),
  trace_arch_internal: flag('Accepted for compatibility'),
  opentracing_grpc_endpoint: text('OTLP/gRPC collector, for example http://localhost:4317'),
  span_attributes: object('Further span attributes', {
    header_prefixes: listOf(text('Prefix of request headers'), 'Headers that become attributes'),
    static: mapOf(text('Value'), 'Constant attributes'),
  }),
  exporters: listOf(
    object(
      'A further receiver of events',
      {
        type: oneOf(['posthog'], 'Kind of receiver'),
        url: text('Address'),
        api_key: text('Credential, as a reference: $POSTHOG_API_KEY'),
        distinct_id_header: text('Request header that identifies the user'),
        capture_messages: flag('Send the text of messages too'),
      },
      ['type', 'url', 'api_key'],
    ),
    'Further receivers of events',
  ),
});
