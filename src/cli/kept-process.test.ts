import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { CommandFailure } from './failure';
import { KeptProcess } from './kept-process';
import { isRunning, type ProcessIdentity } from './processes';

const FIRST_DELAY_MS = 5;

interface Kept {
  readonly kept: KeptProcess;
  readonly seen: string[];
  readonly started: ProcessIdentity[];
  /** Resolves at the n-th entry of `seen` that equals `what`. */
  readonly until: (what: string, times?: number) => Promise<void>;
}

function keep(command: string, whenReady: () => Promise<void> = () => Promise.resolve()): Kept {
  const seen: string[] = [];
  const started: ProcessIdentity[] = [];
  const spec = {
    name: 'The process',
    launch: () => spawn('/bin/sh', ['-c', command], { stdio: 'ignore' }),
    whenReady,
    logTail: () => Promise.resolve(['last words']),
  };
  const kept = new KeptProcess(
    spec,
    {
      started: (identity) => void started.push(identity),
      ready: () => void seen.push('ready'),
      restarting: (reason, delayMs) => void seen.push(`${reason}, again in ${delayMs}`),
      ended: () => void seen.push('ended'),
    },
    FIRST_DELAY_MS,
  );
  const until = async (what: string, times = 1): Promise<void> => {
    while (seen.filter((each) => each === what).length < times) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { kept, seen, started, until };
}

const never = (): void => undefined;

describe('KeptProcess', () => {
  it('starts a process again when it is killed, and ends it for good when told to', async () => {
    const { kept, seen, started, until } = keep('sleep 60');
    await kept.start(never);
    process.kill(started[0]?.pid ?? 0, 'SIGKILL');
    await until('ready', 2);
    expect(seen).toEqual(['ready', 'ended', 'was killed (SIGKILL), again in 5', 'ready']);
    const [, second] = started;
    if (second === undefined) throw new Error('it was not started again');
    expect(await isRunning(second)).toBe(true);
    await kept.stop(1_000);
    expect(await isRunning(second)).toBe(false);
    expect(seen.at(-1)).toBe('ended');
  });

  it('does not try a first start again', async () => {
    const { kept, started } = keep('exit 7', () => new Promise(never));
    const starting = kept.start(never);
    await expect(Promise.race([starting, timeout(2_000)])).rejects.toMatchObject({
      message: 'The process ended with code 7.',
      details: ['last words'],
    });
    expect(started).toHaveLength(1);
  });

  it('ends a process that runs but does not get usable', async () => {
    const { kept, started } = keep('sleep 60', () => Promise.reject(new CommandFailure('no answer')));
    await expect(kept.start(never)).rejects.toThrow('no answer');
    const [only] = started;
    expect(only !== undefined && (await isRunning(only))).toBe(false);
  });

  it('gives up with the end of the log after five quick restarts, with growing delays', async () => {
    const { kept, seen } = keep('exit 3');
    const failure = await new Promise<CommandFailure>((resolve) => void kept.start(resolve));
    expect(failure.message).toBe('The process ended with code 3, 6 times within a minute.');
    expect(failure.details).toEqual(['last words']);
    const delays = seen.map((each) => /again in (\d+)/.exec(each)?.[1]).filter((each) => each !== undefined);
    expect(delays).toEqual(['5', '10', '20', '40', '80']);
  });

  it('reports a program that cannot be started', async () => {
    const spec = {
      name: 'Envoy',
      launch: () => spawn('/nonexistent/program'),
      whenReady: (_child: unknown, signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      logTail: () => Promise.resolve([]),
    };
    const kept = new KeptProcess(spec, { started: never, ready: never, restarting: never, ended: never });
    await expect(kept.start(never)).rejects.toThrow(/^Envoy could not be started \(.*ENOENT/);
  });
});

function timeout(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error('took too long')), milliseconds));
}
