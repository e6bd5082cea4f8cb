/**
 * Sends requests in a closed loop and measures them. Runs as a process of its own (forked by child-programs.ts), so that
 * its CPU time is nobody else's: gets a LoadJob over IPC, warms up, reports `warm`, waits for `go`, answers a LoadResult.
 */
import { Client } from 'undici';
import { sendRequest, type Outcome } from './request-sender';
import { percentile } from './statistics';
import { REQUEST_PATH, requestBody, type Workload } from './workloads';

export interface LoadJob {
  readonly origin: string;
  readonly workload: Workload;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export interface LoadResult {
  /** Good answers in the measured time. */
  readonly requests: number;
  readonly failures: number;
  /** Everything that was sent, warm-up included; what Envoy's counters count. */
  readonly sent: number;
  readonly firstFailure?: string;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Until the first byte of the answer's body. */
  readonly firstByteP50Ms: number;
}

async function runFor(job: LoadJob, clients: readonly Client[], durationMs: number): Promise<Outcome[]> {
  const body = requestBody(job.workload);
  const until = performance.now() + durationMs;
  const outcomes: Outcome[] = [];
  const loop = async (client: Client): Promise<void> => {
    while (performance.now() < until) outcomes.push(await sendRequest(client, REQUEST_PATH, body));
  };
  await Promise.all(clients.map(loop));
  return outcomes;
}

function summarise(outcomes: readonly Outcome[], warmUpRequests: number, seconds: number): LoadResult {
  const good = outcomes.filter((outcome) => outcome.failure === undefined);
  const firstFailure = outcomes.find((outcome) => outcome.failure !== undefined)?.failure;
  const totals = good.map((outcome) => outcome.totalMs);
  return {
    requests: good.length,
    failures: outcomes.length - good.length,
    sent: outcomes.length + warmUpRequests,
    ...(firstFailure === undefined ? {} : { firstFailure }),
    seconds,
    p50Ms: percentile(totals, 0.5),
    p99Ms: percentile(totals, 0.99),
    firstByteP50Ms: percentile(
      good.map((outcome) => outcome.firstByteMs),
      0.5,
    ),
  };
}

async function run(job: LoadJob): Promise<void> {
  const clients = Array.from({ length: job.connections }, () => new Client(job.origin));
  const warmUp = await runFor(job, clients, job.warmUpMs);
  const told = new Promise((resolve) => process.once('message', resolve));
  process.send?.('warm');
  await told;
  const startedAt = performance.now();
  const outcomes = await runFor(job, clients, job.durationMs);
  process.send?.(summarise(outcomes, warmUp.length, (performance.now() - startedAt) / 1000));
  await Promise.all(clients.map((client) => client.close()));
  process.disconnect?.();
}

process.once('message', (job: LoadJob) => {
  run(job).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
