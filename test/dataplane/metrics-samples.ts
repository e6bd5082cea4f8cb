/** One reading of /metrics. */
export interface Samples {
  /** Over all label values. */
  sum(name: string): number;
  /** What was added since `before`, by a key made from the labels; series that did not change are left out. */
  added(before: Samples, name: string, key: (labels: Labels) => string): Record<string, number>;
  series(name: string): readonly Series[];
}

type Labels = Readonly<Record<string, string | undefined>>;

interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** @param address `host:port` of the metrics server */
export async function readSamples(address: string): Promise<Samples> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const all = new Map<string, Series[]>();
  for (const [, name = '', labels = '', value] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$/gm)) {
    const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label = '', text]) => [label, text] as const);
    all.set(name, [...(all.get(name) ?? []), { labels: Object.fromEntries(pairs), value: Number(value) }]);
  }
  const series = (name: string): readonly Series[] => all.get(name) ?? [];
  return {
    series,
    sum: (name) => series(name).reduce((sum, { value }) => sum + value, 0),
    added(before, name, key) {
      const earlier = byKey(before.series(name), key);
      const later = byKey(series(name), key);
      return Object.fromEntries(
        [...later].map(([k, value]) => [k, value - (earlier.get(k) ?? 0)] as const).filter(([, more]) => more !== 0),
      );
    },
  };
}

function byKey(series: readonly Series[], key: (labels: Labels) => string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of series) sums.set(key(labels), (sums.get(key(labels)) ?? 0) + value);
  return sums;
}
