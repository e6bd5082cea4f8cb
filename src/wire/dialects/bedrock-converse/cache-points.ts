import { asFilled, type JsonObject } from '../../json/read';
import type { Warnings } from '../../warnings';

/** The API takes no more in one request. */
const MAX_CACHE_POINTS = 4;

/** Time to live that is the API's own default. */
const USUAL_TTL = '5m';

/** Hands out the cache points of one request, in the order in which they are asked for: system, tools, messages. */
export class CachePoints {
  private count = 0;

  constructor(
    private readonly isSupported: boolean,
    private readonly warnings: Warnings,
  ) {}

  /** The block to put behind what is to be cached; none without a wish, and none when there are too many. */
  after(cache: JsonObject | undefined): readonly JsonObject[] {
    if (cache === undefined) return [];
    if (!this.isSupported) {
      this.warnings.add('Cache hints were left out: the model does not cache.');
      return [];
    }
    if (this.count === MAX_CACHE_POINTS) {
      this.warnings.add(`Cache hints beyond ${MAX_CACHE_POINTS} were left out.`);
      return [];
    }
    this.count += 1;
    return [cachePoint(cache)];
  }
}

function cachePoint(cache: JsonObject): JsonObject {
  const ttl = asFilled(cache['ttl']);
  return { cachePoint: { type: 'default', ...(ttl === undefined || ttl === USUAL_TTL ? {} : { ttl }) } };
}

/** Anthropic's spelling of a cache point. */
export function cacheHint(point: JsonObject): JsonObject {
  const ttl = asFilled(point['ttl']);
  return { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) };
}
