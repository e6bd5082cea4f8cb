/** What was started is stopped again, in reverse order, also after a failure or Ctrl-C. */

type Stop = () => void | Promise<void>;

/** Runs `work`; it registers how to undo each thing that it started. */
export async function withCleanUp(work: (undo: (stop: Stop) => void) => Promise<void>): Promise<void> {
  const stops: Stop[] = [];
  let stopped: Promise<void> | undefined;
  const stopAll = (): Promise<void> => (stopped ??= stopInReverse(stops));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopAll().finally(() => process.exit(130)));
  }
  try {
    await work((stop) => stops.push(stop));
  } finally {
    await stopAll();
  }
}

async function stopInReverse(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) {
    // One that cannot be stopped must not keep the others running.
    await Promise.resolve()
      .then(stop)
      .catch((error: unknown) => console.error(error));
  }
}
