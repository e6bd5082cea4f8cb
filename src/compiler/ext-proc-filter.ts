import type { ListenerPlan } from '../config/plan';
import {
  GRPC_LISTENER_KEY,
  GRPC_ROLE_KEY,
  METADATA_EXCHANGE_NAMESPACE,
  METADATA_ROUTE_NAMESPACE,
  METADATA_USAGE_NAMESPACE,
  type StreamRole,
} from '../config/names';
import { because, duration, extension, literalInFormat, together, type EnvoyObject } from './resource';
import { SIDECAR_CLUSTER } from './resource-names';

const EXT_PROC = 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';

/** Time for one answer of the sidecar, unless it asks for more. */
const MESSAGE_TIMEOUT_MS = 10_000;

/** The filter of a client listener: sees the whole request, decides, renders candidate 1, sees the response headers. */
export function frontFilter(listener: ListenerPlan): EnvoyObject {
  const settings = because(
    {
      stat_prefix: 'front',
      processing_mode: frontMode(),
      allow_mode_override: true,
      message_timeout: duration(MESSAGE_TIMEOUT_MS),
      max_message_timeout: duration(Math.max(listener.timeoutMs, MESSAGE_TIMEOUT_MS)),
      mutation_rules: mutationRules(),
      metadata_options: because(
        {
          receiving_namespaces: {
            untyped: [METADATA_ROUTE_NAMESPACE, METADATA_EXCHANGE_NAMESPACE, METADATA_USAGE_NAMESPACE],
          },
        },
        { receiving_namespaces: 'Metadata in any other namespace is dropped without a word.' },
      ),
      route_cache_action: 'DEFAULT',
    },
    {
      message_timeout: 'The default of 200 ms is too short for large bodies and a busy machine.',
      max_message_timeout:
        'Earlier agents and filters are called while Envoy waits; the sidecar lifts the limit for those steps up to here.',
      route_cache_action: 'The sidecar says when the route must be chosen again.',
    },
  );
  return extension('outerloop.front', EXT_PROC, together(sidecarCall('front', listener.name), failClosed(), settings));
}

function frontMode(): EnvoyObject {
  return because(
    {
      request_header_mode: 'SEND',
      request_body_mode: 'BUFFERED',
      response_header_mode: 'SEND',
      response_body_mode: 'NONE',
      request_trailer_mode: 'SKIP',
      response_trailer_mode: 'SKIP',
    },
    {
      request_header_mode: 'SKIP would let the router run before the body is here.',
      request_body_mode:
        'Not a streamed mode: with one, Envoy ignores overrides for the response, and retries lose the body.',
      response_body_mode:
        'Chosen per request at the response headers: only bodies that must change go through the sidecar.',
    },
  );
}

/** The filter inside a candidate's cluster: sees the headers of a retry and replaces everything for this candidate. */
export function attemptFilter(): EnvoyObject {
  const settings = because(
    {
      stat_prefix: 'attempt',
      processing_mode: attemptMode(),
      request_attributes: ['xds.cluster_name'],
      message_timeout: duration(MESSAGE_TIMEOUT_MS),
      mutation_rules: mutationRules(),
      metadata_options: because(
        {
          forwarding_namespaces: { untyped: [METADATA_EXCHANGE_NAMESPACE] },
          receiving_namespaces: { untyped: [METADATA_EXCHANGE_NAMESPACE] },
        },
        {
          forwarding_namespaces:
            'The id that the front stream minted. A client header such as x-request-id could be sent twice and would swap prompts or keys.',
        },
      ),
    },
    { request_attributes: 'Says which candidate this attempt is for.' },
  );
  return extension('outerloop.attempt', EXT_PROC, together(sidecarCall('attempt'), failClosed(), settings));
}

/**
 * The same, awake on every attempt, and the beginning of the answer goes to the sidecar before its headers go on.
 *
 * @param longestMs longest that an answer may be held back
 */
export function peekFilter(longestMs: number): EnvoyObject {
  const settings = because(
    {
      stat_prefix: 'peek',
      processing_mode: { ...attemptMode(), response_header_mode: 'SEND', response_body_mode: 'STREAMED' },
      send_body_without_waiting_for_header_response: true,
      message_timeout: duration(longestMs),
      mutation_rules: mutationRules(),
      metadata_options: {
        forwarding_namespaces: { untyped: [METADATA_EXCHANGE_NAMESPACE] },
        receiving_namespaces: { untyped: [METADATA_EXCHANGE_NAMESPACE] },
      },
    },
    {
      processing_mode:
        'STREAMED, because Envoy keeps each piece until it is answered: when the sidecar ends the stream, everything held goes on as it was. In full-duplex mode it would be lost, and Envoy 1.40 crashes.',
      send_body_without_waiting_for_header_response: 'The body decides what becomes of the headers.',
      message_timeout: 'The router’s time per attempt ends a silence, and goes on to the next candidate.',
    },
  );
  return extension('outerloop.peek', EXT_PROC, together(sidecarCall('peek'), failClosed(), settings));
}

function attemptMode(): EnvoyObject {
  return because(
    {
      request_header_mode: 'SEND',
      request_body_mode: 'NONE',
      response_header_mode: 'SKIP',
      response_body_mode: 'NONE',
      request_trailer_mode: 'SKIP',
      response_trailer_mode: 'SKIP',
    },
    {
      request_body_mode:
        'The sidecar still has the body; it answers the headers with the new body (CONTINUE_AND_REPLACE).',
    },
  );
}

function sidecarCall(role: StreamRole, listener?: string): EnvoyObject {
  return {
    grpc_service: {
      envoy_grpc: { cluster_name: SIDECAR_CLUSTER, skip_envoy_headers: true },
      initial_metadata: [
        { key: GRPC_ROLE_KEY, value: role },
        ...(listener === undefined ? [] : [{ key: GRPC_LISTENER_KEY, value: listenerMetadata(listener) }]),
      ],
    },
  };
}

/** Percent-encoded like a URI component, because gRPC metadata carries ASCII only; Envoy expands `%`, hence the doubling. */
function listenerMetadata(name: string): string {
  return literalInFormat(encodeURIComponent(name));
}

function failClosed(): EnvoyObject {
  return because(
    { failure_mode_allow: false, status_on_error: { code: 'ServiceUnavailable' } },
    { failure_mode_allow: 'A dead sidecar must not become a way around the guards.' },
  );
}

function mutationRules(): EnvoyObject {
  return because(
    { allow_all_routing: true, allow_envoy: true },
    {
      allow_all_routing: 'The sidecar writes :path and :authority for the chosen upstream.',
      allow_envoy: 'x-envoy-max-retries: as many retries as there are further candidates.',
    },
  );
}
