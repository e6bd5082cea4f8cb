import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { credentials, makeGenericClientConstructor, Metadata, type ClientDuplexStream } from '@grpc/grpc-js';
import { GRPC_LISTENER_KEY, GRPC_ROLE_KEY, METADATA_EXCHANGE_NAMESPACE } from '../../src/config/names';
import { loadProtocol, type ProcessingResponse } from '../../src/extproc/protocol';

interface StreamingClient {
  process(metadata: Metadata): ClientDuplexStream<object, ProcessingResponse>;
  close(): void;
}

export function socketAddress(): string {
  return `unix:${path.join(os.tmpdir(), `outerloop-stream-${randomUUID().slice(0, 8)}.sock`)}`;
}

/** Plays Envoy's side of ext_proc word by word: whatever messages a test wants, in any order and cut. */
export class ScriptedEnvoy {
  private readonly client: StreamingClient;

  constructor(address: string) {
    const service = loadProtocol().externalProcessor;
    const Client = makeGenericClientConstructor(service, 'ExternalProcessor');
    this.client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    }) as unknown as StreamingClient;
  }

  front(listener: string): ScriptedStream {
    return this.open({ [GRPC_LISTENER_KEY]: listener, [GRPC_ROLE_KEY]: 'front' });
  }

  attempt(listener: string): ScriptedStream {
    return this.open({ [GRPC_LISTENER_KEY]: listener, [GRPC_ROLE_KEY]: 'attempt' });
  }

  close(): void {
    this.client.close();
  }

  private open(entries: Record<string, string>): ScriptedStream {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
    return new ScriptedStream(this.client.process(metadata));
  }
}

export interface StreamEnd {
  /** gRPC status code; 0 is a clean end. */
  readonly code: number;
}

export class ScriptedStream {
  readonly replies: ProcessingResponse[] = [];
  readonly ended: Promise<StreamEnd>;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly call: ClientDuplexStream<object, ProcessingResponse>) {
    call.on('data', (reply: ProcessingResponse) => {
      this.replies.push(reply);
      for (const wake of this.waiting.splice(0)) wake();
    });
    // The status event follows every error; an unheard error event would end the test process.
    call.on('error', () => undefined);
    this.ended = new Promise((resolve) => call.on('status', (status: StreamEnd) => resolve({ code: status.code })));
  }

  requestHeaders(headers: Readonly<Record<string, string>>, endOfStream = false): this {
    return this.send({ requestHeaders: { headers: headerList(headers), endOfStream } });
  }

  requestBody(body: string | Buffer, endOfStream = true): this {
    return this.send({ requestBody: { body: Buffer.from(body), endOfStream } });
  }

  responseHeaders(headers: Readonly<Record<string, string>>, endOfStream = false): this {
    return this.send({ responseHeaders: { headers: headerList(headers), endOfStream } });
  }

  responseBody(body: string | Buffer, endOfStream = false): this {
    return this.send({ responseBody: { body: Buffer.from(body), endOfStream } });
  }

  responseTrailers(): this {
    return this.send({ responseTrailers: { trailers: {} } });
  }

  /** Request headers of an attempt stream, with the metadata Envoy forwards. */
  attemptHeaders(headers: Readonly<Record<string, string>>, exchangeId: string | undefined): this {
    const fields = exchangeId === undefined ? {} : { id: { stringValue: exchangeId } };
    return this.send({
      requestHeaders: { headers: headerList(headers), endOfStream: false },
      metadataContext: { filterMetadata: { [METADATA_EXCHANGE_NAMESPACE]: { fields } } },
    });
  }

  send(message: object): this {
    this.call.write(message);
    return this;
  }

  halfClose(): this {
    this.call.end();
    return this;
  }

  cancel(): this {
    this.call.cancel();
    return this;
  }

  /** The n-th reply (1-based); waits for it. */
  async reply(count: number, timeoutMs = 5000): Promise<ProcessingResponse> {
    const deadline = Date.now() + timeoutMs;
    while (this.replies.length < count) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`only ${this.replies.length} of ${count} replies came`);
      await Promise.race([
        new Promise<void>((resolve) => this.waiting.push(resolve)),
        new Promise<void>((resolve) => setTimeout(resolve, left).unref()),
      ]);
    }
    const reply = this.replies[count - 1];
    if (reply === undefined) throw new Error('no reply');
    return reply;
  }
}

function headerList(headers: Readonly<Record<string, string>>): object {
  return { headers: Object.entries(headers).map(([key, value]) => ({ key, rawValue: Buffer.from(value) })) };
}

export function setHeader(
  reply: ProcessingResponse,
  phase: 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody',
  name: string,
): string | undefined {
  const set = reply[phase]?.response?.headerMutation?.setHeaders ?? [];
  return set.find((option) => option.header.key === name)?.header.rawValue.toString('utf8');
}
