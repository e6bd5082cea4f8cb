import { createHash } from 'node:crypto';
import type { UpstreamPlan } from '../plan';

/** Places that Envoy calls: equal places share one entry, equal ids with other settings get ids of their own. */
export class UpstreamSet {
  readonly #byId = new Map<string, UpstreamPlan>();

  /** Adds a place, or finds the same one again. Returns its id. */
  add(upstream: UpstreamPlan): string {
    const known = this.#byId.get(upstream.id);
    if (known === undefined) {
      this.#byId.set(upstream.id, upstream);
      return upstream.id;
    }
    const settings = settingsOf(upstream);
    if (settingsOf(known) === settings) return upstream.id;
    const digest = createHash('sha256').update(settings).digest('hex').slice(0, 6);
    const id = `${upstream.id}~${digest}`;
    this.#byId.set(id, { ...upstream, id });
    return id;
  }

  get all(): readonly UpstreamPlan[] {
    return [...this.#byId.values()];
  }
}

function settingsOf({ id: _id, ...settings }: UpstreamPlan): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}
