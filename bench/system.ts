/** Something that requests are sent through: plain Envoy (the floor) or Outerloop. */

export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
}

export interface System {
  readonly name: string;
  /** http://host:port that takes POST /v1/chat/completions. */
  readonly origin: string;
  readonly processes: readonly MeasuredProcess[];
  /** http://host:port of Envoy's admin interface. */
  readonly admin: string;
  readonly stop: () => Promise<void>;
}

/** Counters of Envoy's ext_proc filters, added up over listeners, by their last name part (`streams_started`, …). */
export async function extProcCounters(system: System): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${system.admin}/stats?filter=ext_proc&format=json`);
  const { stats } = (await response.json()) as { stats: readonly { name?: string; value?: number }[] };
  const totals = new Map<string, number>();
  for (const { name, value } of stats) {
    const counter = name?.match(/ext_proc\.(?:.*\.)?(\w+)$/)?.[1];
    // Entries without a name are histograms.
    if (counter !== undefined && typeof value === 'number') totals.set(counter, (totals.get(counter) ?? 0) + value);
  }
  return totals;
}

export async function waitForHttp(url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`${url} did not become ready within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
