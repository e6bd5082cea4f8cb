/**
 * Bytes to neutral messages and stream parts, and back. Pure: no clock, no I/O, no environment.
 *
 * What it is not: it knows no vendors (providers), chooses nothing (decide) and moves no bytes (extproc).
 * The pipeline calls it for every request whose body is read or changed, and for answers that change their API.
 *
 * Same API on both sides: the raw JSON is patched (json/). Different APIs: request, answer and stream go through the
 * neutral model (message, stream-part); each API is one file in dialects/. What a cloud wraps around a dialect (path, extra
 * members, framing) is a row in upstream-apis/.
 */
export * from './api';
export { ERROR_TABLE, GatewayError, type ErrorCode, type ErrorKind, type GatewayErrorOptions } from './errors';
export { answerText } from './answer-text';
export type { BodyQuirks } from './body-quirks';
export type { PathFacts } from './dialect';
export { clientApiIds, dialectForPath, isClientApiId, pathFacts } from './dialect-registry';
export { FirstTokenReader, type FirstTokenVerdict } from './first-token';
export { inlineRequestWire } from './request';
export { renderStreamError, wireErrors } from './error-answer';
export { memberText } from './json/splice';
export { createResponseTranslator } from './response';
export { sampleAnswer, sampleStreamError, type SampleAnswer } from './sample-answer';
export { statusOfError } from './upstream-error';
export { isUpstreamApiId, rewritesAnswers, upstreamApiIds } from './upstream-registry';
