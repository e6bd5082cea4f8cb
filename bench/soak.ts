/**
 * `npm run bench:soak`: 50,000 requests through Envoy and the sidecar, 64 at a time, every seventh on a connection of its
 * own, every answer compared with what the upstream sent. One wrong or failed answer makes the exit code 1.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'undici';
import { judgeAnswer } from './answer-check';
import { startMockUpstream } from './child-programs';
import { withCleanUp } from './clean-up';
import { describeMachine } from './machine';
import { startOuterloop, type OuterloopSystem } from './outerloop-system';
import { usageOf } from './process-usage';
import { writeResults } from './report';
import { sendRequest } from './request-sender';
import { percentile } from './statistics';
import { extProcCounters } from './system';
import { ANTHROPIC_MODEL, OPENAI_MODEL, REQUEST_PATH, requestBody, type Workload } from './workloads';

type Kind = Pick<Workload, 'model' | 'stream' | 'words'>;

const PLAIN: Kind = { model: OPENAI_MODEL, stream: false, words: 20 };
const STREAMED: Kind = { model: OPENAI_MODEL, stream: true, words: 20 };
const TRANSLATED: Kind = { model: ANTHROPIC_MODEL, stream: false, words: 20 };
const TRANSLATED_STREAM: Kind = { model: ANTHROPIC_MODEL, stream: true, words: 20 };
/** Ten requests in this mix, over and over. */
const MIX: readonly Kind[] = [
  PLAIN,
  STREAMED,
  PLAIN,
  TRANSLATED,
  PLAIN,
  PLAIN,
  STREAMED,
  PLAIN,
  TRANSLATED_STREAM,
  PLAIN,
];
/** Coprime with the mix, so that every kind meets new connections. */
const NEW_CONNECTION_EVERY = 7;

interface Tally {
  readonly latenciesMs: number[];
  readonly failures: Map<string, number>;
  newConnections: number;
}

async function soak(origin: string, requests: number, parallel: number): Promise<Tally> {
  const tally: Tally = { latenciesMs: [], failures: new Map(), newConnections: 0 };
  const bodies = new Map(MIX.map((kind) => [kind, requestBody(kind)]));
  let next = 0;
  const loop = async (): Promise<void> => {
    const kept = new Client(origin);
    for (let index = next++; index < requests; index = next++) {
      const kind = MIX[index % MIX.length] ?? PLAIN;
      const fresh = index % NEW_CONNECTION_EVERY === 0;
      const client = fresh ? new Client(origin) : kept;
      const outcome = await sendRequest(client, REQUEST_PATH, bodies.get(kind) ?? '', {
        keepBody: true,
        lastOnConnection: fresh,
      });
      const failure = outcome.failure ?? judgeAnswer(outcome.body ?? '', kind.stream, kind.words);
      if (failure === undefined) tally.latenciesMs.push(outcome.totalMs);
      else countFailure(tally, failure, outcome.body);
      if (fresh) {
        tally.newConnections += 1;
        await client.destroy();
      }
      if ((index + 1) % 5000 === 0) console.log(`  ${index + 1} requests sent`);
    }
    await kept.close();
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  return tally;
}

/** The first of each kind is shown in full. */
function countFailure(tally: Tally, failure: string, body: string | undefined): void {
  const before = tally.failures.get(failure) ?? 0;
  if (before === 0) console.log(`  first "${failure}": ${body?.slice(0, 300)}`);
  tally.failures.set(failure, before + 1);
}

async function report(outerloop: OuterloopSystem, tally: Tally, seconds: number): Promise<number> {
  const failed = [...tally.failures.values()].reduce((sum, count) => sum + count, 0);
  const requests = tally.latenciesMs.length + failed;
  const result = {
    machine: describeMachine(outerloop.envoyBinary, outerloop.envoyConcurrency),
    requests,
    failed,
    failures: Object.fromEntries(tally.failures),
    newConnections: tally.newConnections,
    perSecond: requests / seconds,
    p50Ms: percentile(tally.latenciesMs, 0.5),
    p99Ms: percentile(tally.latenciesMs, 0.99),
    residentMegabytes: Object.fromEntries(
      outerloop.processes.map(({ name, pid }) => [name, usageOf(pid).residentBytes / 1e6]),
    ),
    extProc: Object.fromEntries(await extProcCounters(outerloop)),
  };
  const kinds = [...tally.failures].map(([kind, count]) => `  ${count} × ${kind}`);
  const text = [
    `${requests} requests, ${tally.newConnections} of them on new connections, in ${seconds.toFixed(0)} s: ${failed} failed.`,
    ...kinds,
    `p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms; memory in MB: ${JSON.stringify(result.residentMegabytes)}`,
    `ext_proc: ${JSON.stringify(result.extProc)}`,
    '',
  ].join('\n');
  console.log(text);
  writeResults('soak', result, text);
  return failed;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { requests: text, parallel: text } });
  const requests = Number(values.requests ?? 50_000);
  await withCleanUp(async (undo) => {
    const folder = mkdtempSync(join(tmpdir(), 'outerloop-soak-'));
    undo(() => rmSync(folder, { recursive: true }));
    const mock = await startMockUpstream();
    undo(mock.stop);
    const outerloop = await startOuterloop({ upstreamPort: mock.port, folder });
    undo(outerloop.stop);
    const startedAt = performance.now();
    const tally = await soak(outerloop.origin, requests, Number(values.parallel ?? 64));
    const failed = await report(outerloop, tally, (performance.now() - startedAt) / 1000);
    process.exitCode = failed > 0 ? 1 : 0;
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
