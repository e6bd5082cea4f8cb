import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';

interface HealthCheckRequest {
  readonly service?: string;
}

interface HealthCheckResponse {
  readonly status: number;
}

/** grpc.health.v1.HealthCheckResponse.ServingStatus. */
const SERVING = 1;
const NOT_SERVING = 2;

const EXT_PROC_SERVICE = 'envoy.service.ext_proc.v3.ExternalProcessor';

/**
 * grpc.health.v1 for probes: `""`, `readiness` and the ext_proc service are SERVING once Plan and models are ready;
 * `liveness` is SERVING as long as the process answers.
 */
export function healthService(isReady: () => boolean, pollMs = 250): UntypedServiceImplementation {
  const statusOf = (service: string): number | undefined => {
    if (service === 'liveness') return SERVING;
    if (service === '' || service === 'readiness' || service === EXT_PROC_SERVICE)
      return isReady() ? SERVING : NOT_SERVING;
    return undefined;
  };
  return {
    check(
      call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
      reply: sendUnaryData<HealthCheckResponse>,
    ): void {
      const current = statusOf(call.request.service ?? '');
      if (current === undefined) reply({ code: status.NOT_FOUND, details: 'unknown service' });
      else reply(null, { status: current });
    },
    watch(call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>): void {
      let last = -1;
      const tell = (): void => {
        // SERVICE_UNKNOWN (3) keeps the watch open, as the protocol asks.
        const current = statusOf(call.request.service ?? '') ?? 3;
        if (current !== last) call.write({ status: current });
        last = current;
      };
      tell();
      const timer = setInterval(tell, pollMs);
      call.on('cancelled', () => clearInterval(timer));
    },
  };
}
