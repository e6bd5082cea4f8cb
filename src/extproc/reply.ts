import {
  ANSWERER_KEYS,
  METADATA_EXCHANGE_NAMESPACE,
  METADATA_ROUTE_NAMESPACE,
  METADATA_USAGE_NAMESPACE,
  NOTED_ANSWER_FIELD,
} from '../config/names';
import type { Answerer, AttemptRendering, Forward, HeaderChanges, Reply } from '../pipeline/mutation';
import type { UsageNumbers } from '../wire/usage-paths';
import {
  BODY_BUFFERED,
  BODY_FULL_DUPLEX_STREAMED,
  BODY_NONE,
  CONTINUE,
  CONTINUE_AND_REPLACE,
  HEADERS_SEND,
  HEADERS_SKIP,
  OVERWRITE_IF_EXISTS_OR_ADD,
  type CommonResponse,
  type HeaderMutation,
  type ProcessingResponse,
  type Struct,
  type StructValue,
} from './protocol';

/**
 * The only place that spells replies to Envoy. The combinations that Envoy punishes cannot be built here:
 * a route clear always comes with a header mutation, a new body always with its content-length, a mode override only
 * in a response header reply.
 */

/** Envoy's gRPC frames stay under 64 KiB with this much body in one reply (full-duplex mode). */
const MAX_STREAMED_BYTES = 62_000;

const CONTINUE_RESPONSE: CommonResponse = { status: CONTINUE };

export const CONTINUE_REQUEST_HEADERS: ProcessingResponse = { requestHeaders: { response: CONTINUE_RESPONSE } };
export const CONTINUE_RESPONSE_TRAILERS: ProcessingResponse = { responseTrailers: {} };

function headerMutation({ set, remove }: HeaderChanges): HeaderMutation {
  return {
    setHeaders: Object.entries(set).map(([key, value]) => ({
      header: { key, rawValue: Buffer.from(value) },
      appendAction: OVERWRITE_IF_EXISTS_OR_ADD,
    })),
    removeHeaders: remove,
  };
}

function withLength(headers: HeaderChanges, body: Buffer | undefined): HeaderChanges {
  if (body === undefined) return headers;
  return { set: { ...headers.set, 'content-length': String(body.length) }, remove: headers.remove };
}

const text = (stringValue: string): StructValue => ({ stringValue });

/** What the exchange's namespace says; a later reply's keys replace those of an earlier one. */
function exchangeMetadata(own: Readonly<Record<string, StructValue>>, answerer: Answerer | undefined): StructValue {
  const who = answerer === undefined ? [] : ANSWERER_KEYS.map((key) => [key, text(answerer[key])] as const);
  return { structValue: { fields: { ...own, ...Object.fromEntries(who) } } };
}

/** Ordered candidates as the priority_group cluster specifier reads them: one group per attempt. */
function routeMetadata({ clusters, answerer }: Forward, exchangeId: string): Struct {
  const groups = clusters.map((cluster, index) => ({
    structValue: {
      fields: {
        name: text(String(index + 1)),
        clusters: {
          listValue: {
            values: [{ structValue: { fields: { cluster_name: text(cluster), weight: { numberValue: 1 } } } }],
          },
        },
      },
    },
  }));
  return {
    fields: {
      [METADATA_ROUTE_NAMESPACE]: { structValue: { fields: { priority_groups: { listValue: { values: groups } } } } },
      [METADATA_EXCHANGE_NAMESPACE]: exchangeMetadata({ id: text(exchangeId) }, answerer),
    },
  };
}

/** Sends the request on; `phase` is the message being answered. */
export function forwardReply(
  phase: 'requestHeaders' | 'requestBody',
  forward: Forward,
  exchangeId: string,
): ProcessingResponse {
  const response: CommonResponse = {
    status: forward.body !== undefined && phase === 'requestHeaders' ? CONTINUE_AND_REPLACE : CONTINUE,
    headerMutation: headerMutation(withLength(forward.headers, forward.body)),
    clearRouteCache: true,
    ...(forward.body === undefined ? {} : { bodyMutation: { body: forward.body } }),
  };
  const dynamicMetadata = routeMetadata(forward, exchangeId);
  return phase === 'requestHeaders'
    ? { requestHeaders: { response }, dynamicMetadata }
    : { requestBody: { response }, dynamicMetadata };
}

/**
 * Everything of one candidate, in the header phase of an attempt stream; the body is never asked for. Envoy drops the
 * content-length of a body that is replaced in this phase: the metadata lets a later filter put it back.
 */
export function attemptReply({ headers, body, answerer }: AttemptRendering): ProcessingResponse {
  return {
    dynamicMetadata: {
      fields: {
        // The note of the attempt before has been read; this attempt may end without one.
        [METADATA_EXCHANGE_NAMESPACE]: exchangeMetadata(
          { content_length: text(String(body.length)), [NOTED_ANSWER_FIELD]: text('') },
          answerer,
        ),
      },
    },
    requestHeaders: {
      response: {
        status: CONTINUE_AND_REPLACE,
        headerMutation: headerMutation(withLength(headers, body)),
        bodyMutation: { body },
      },
    },
  };
}

export function immediateReply({ status, headers, body, details }: Reply): ProcessingResponse {
  return {
    immediateResponse: {
      status: { code: status },
      headers: headerMutation({ set: headers, remove: [] }),
      body,
      details,
    },
  };
}

/** The answer's body is not looked at. */
export function passReply(headers: HeaderChanges): ProcessingResponse {
  return { responseHeaders: { response: { status: CONTINUE, headerMutation: headerMutation(headers) } } };
}

/** The answer had no body and gets one. */
export function replaceReply(headers: HeaderChanges, body: Buffer): ProcessingResponse {
  return {
    responseHeaders: {
      response: {
        status: CONTINUE_AND_REPLACE,
        headerMutation: headerMutation(withLength(headers, body)),
        bodyMutation: { body },
      },
    },
  };
}

/** The body is wanted in one piece, and the headers wait for what it says. */
export function collectReply(headers: HeaderChanges): ProcessingResponse {
  return {
    responseHeaders: { response: { status: CONTINUE, headerMutation: headerMutation(headers) } },
    modeOverride: {
      requestHeaderMode: HEADERS_SEND,
      requestBodyMode: BODY_NONE,
      requestTrailerMode: HEADERS_SKIP,
      responseHeaderMode: HEADERS_SEND,
      responseBodyMode: BODY_BUFFERED,
      responseTrailerMode: HEADERS_SKIP,
    },
  };
}

/** Answers a collected body: Envoy still holds the headers, so the status may change too. */
export function collectedReply(body: Buffer, status: number): ProcessingResponse {
  const headers = withLength({ set: { ':status': String(status) }, remove: [] }, body);
  return {
    responseBody: { response: { status: CONTINUE, headerMutation: headerMutation(headers), bodyMutation: { body } } },
  };
}

/** From here on the body streams through the sidecar (full duplex; trailers must be sent along in this mode). */
export function rewriteReply(headers: HeaderChanges): ProcessingResponse {
  return {
    responseHeaders: { response: { status: CONTINUE, headerMutation: headerMutation(headers) } },
    modeOverride: {
      requestHeaderMode: HEADERS_SEND,
      requestBodyMode: BODY_NONE,
      requestTrailerMode: HEADERS_SKIP,
      responseHeaderMode: HEADERS_SEND,
      responseBodyMode: BODY_FULL_DUPLEX_STREAMED,
      responseTrailerMode: HEADERS_SEND,
    },
  };
}

/** For the access logs: what Envoy's own filters could not read. Goes with the last reply of an answer. */
export function usageMetadata(usage: UsageNumbers): Pick<ProcessingResponse, 'dynamicMetadata'> {
  const numbers = Object.entries(usage).map(([key, numberValue]) => [key, { numberValue }] as const);
  if (numbers.length === 0) return {};
  const fields = Object.fromEntries(numbers);
  return { dynamicMetadata: { fields: { [METADATA_USAGE_NAMESPACE]: { structValue: { fields } } } } };
}

/** Splits a piece of body into messages that Envoy accepts; nothing at all for an empty piece that is not the last. */
export function* streamedBodyReplies(body: Buffer, end: boolean): Generator<ProcessingResponse> {
  if (body.length === 0 && !end) return;
  let offset = 0;
  do {
    const piece = body.subarray(offset, offset + MAX_STREAMED_BYTES);
    offset += piece.length;
    const endOfStream = end && offset >= body.length;
    yield {
      responseBody: {
        response: { status: CONTINUE, bodyMutation: { streamedResponse: { body: piece, endOfStream } } },
      },
    };
  } while (offset < body.length);
}

export function extendDeadlineReply(timeoutMs: number): ProcessingResponse {
  return { overrideMessageTimeout: { seconds: Math.floor(timeoutMs / 1000), nanos: (timeoutMs % 1000) * 1_000_000 } };
}
