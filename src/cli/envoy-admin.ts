import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ADMIN_TIMEOUT_MS = 2_000;
const POLL_MS = 25;

/** Waits for the file that Envoy writes its admin address (`host:port`) to. Rejects when the signal aborts. */
export async function readAdminAddress(file: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const text = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (/:\d+$/.test(text)) return text;
    await sleep(POLL_MS, undefined, { signal });
  }
}

interface ListenerDump {
  readonly configs?: readonly { readonly name?: string; readonly error_state?: { readonly details?: string } }[];
}

/** Why Envoy refused watched listeners or clusters; empty when it took them all (or cannot be asked). */
export async function rejectedResources(adminAddress: string): Promise<string[]> {
  const statistics = await call(adminAddress, 'GET', '/stats?filter=(lds|cds).update_rejected').catch(() => '');
  const rejected = [...statistics.matchAll(/^(\S*update_rejected): [1-9]\d*$/gm)].map((match) => match[1] ?? '');
  if (rejected.length === 0) return [];
  const dump = await call(adminAddress, 'GET', '/config_dump?resource=dynamic_listeners').catch(() => '{}');
  const { configs = [] } = JSON.parse(dump) as ListenerDump;
  const reasons = configs.flatMap(({ name = '', error_state: error }) =>
    error?.details === undefined ? [] : [`${name}: ${error.details}`],
  );
  return reasons.length > 0 ? reasons : rejected;
}

/** Stops taking new connections on inbound listeners; open ones go on. */
export async function drainListeners(adminAddress: string): Promise<void> {
  await call(adminAddress, 'POST', '/healthcheck/fail');
  await call(adminAddress, 'POST', '/drain_listeners?inboundonly');
}

/** Requests that Envoy is working on for clients, the admin's own left out. */
export async function activeRequests(adminAddress: string): Promise<number> {
  const text = await call(adminAddress, 'GET', '/stats?filter=^http\\..*downstream_rq_active$');
  let sum = 0;
  for (const [, prefix, value] of text.matchAll(/^http\.(.*)\.downstream_rq_active: (\d+)$/gm)) {
    if (prefix !== 'admin') sum += Number(value);
  }
  return sum;
}

function call(adminAddress: string, method: 'GET' | 'POST', path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `http://${adminAddress}${path}`,
      { method, agent: false, timeout: ADMIN_TIMEOUT_MS },
      (answer) => {
        collect(answer).then(resolve, reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('Envoy admin does not answer')));
    sent.on('error', reject);
    sent.end();
  });
}

async function collect(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
