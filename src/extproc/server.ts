import fs from 'node:fs/promises';
import net from 'node:net';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { GRPC_ROLE_KEY } from '../config/names';
import type { RequestRecord } from '../pipeline/request-record';
import { accessLogService } from './access-log-service';
import { AttemptStream } from './attempt-stream';
import { FrontStream, metadataText, type ProcessStream, type StreamServices } from './front-stream';
import { healthService } from './health';
import { PeekStream } from './peek-stream';
import { loadProtocol } from './protocol';

export interface ExtProcServerOptions extends StreamServices {
  /** `unix:/absolute/path` or `host:port`. */
  readonly address: string;
  readonly isReady: () => boolean;
  /** How a request ended, told by Envoy's access log up to a second later. */
  readonly onRecord: (record: RequestRecord) => void;
}

export interface ExtProcServer {
  /** With the real port when port 0 was asked for. */
  readonly address: string;
  /** Stops taking streams, waits up to `graceMs` for open ones, then closes. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Opens the gRPC server. Rejects with the system's error code when the address is taken.
 * A socket file left by a dead process is replaced; one that still answers is not.
 */
export async function startExtProcServer(options: ExtProcServerOptions): Promise<ExtProcServer> {
  const server = new Server({
    // The real cap is the body limit in Envoy; gRPC's own default of 4 MiB would refuse larger prompts.
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  const protocol = loadProtocol();
  server.addService(protocol.externalProcessor, processService(options));
  const accessLog = accessLogService(options);
  server.addService(protocol.accessLog, accessLog.implementation);
  server.addService(protocol.health, healthService(options.isReady));
  const socketPath = options.address.startsWith('unix:') ? options.address.slice('unix:'.length) : undefined;
  if (socketPath !== undefined) await removeStaleSocket(socketPath);
  const port = await bind(server, options.address);
  if (socketPath !== undefined) await fs.chmod(socketPath, 0o600);
  return {
    address: socketPath === undefined ? options.address.replace(/:0$/, `:${port}`) : options.address,
    async stop(graceMs = 5000) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, graceMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
        accessLog.close();
      });
      if (socketPath !== undefined) await fs.rm(socketPath, { force: true });
    },
  };
}

function processService(services: StreamServices): UntypedServiceImplementation {
  return {
    process(call: ProcessStream): void {
      streamFor(metadataText(call, GRPC_ROLE_KEY), call, services).run();
    },
  };
}

function streamFor(role: string | undefined, call: ProcessStream, services: StreamServices): { run(): void } {
  switch (role) {
    case 'attempt':
      return new AttemptStream(call, services);
    case 'peek':
      return new PeekStream(call, services);
    default:
      return new FrontStream(call, services);
  }
}

/**
 * A socket file whose owner died refuses connections; binding would fail with EADDRINUSE for ever. An ordinary file refuses
 * them too: it stays, and binding fails.
 */
async function removeStaleSocket(socketPath: string): Promise<void> {
  const entry = await fs.lstat(socketPath).catch(() => undefined);
  if (entry?.isSocket() !== true) return;
  const refused = await new Promise<boolean>((resolve) => {
    const probe = net.connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
  if (refused) await fs.rm(socketPath, { force: true });
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) reject(error);
      else resolve(port);
    });
  });
}
