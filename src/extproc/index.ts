/**
 * Speaks Envoy's external processing protocol (gRPC) and nothing else: messages in, pipeline outcomes out.
 * Protobuf shapes are visible in this folder only. Called by `cli`, calls `pipeline`.
 */
export { startExtProcServer, type ExtProcServer, type ExtProcServerOptions } from './server';
