/** Requests that hostile or broken clients send: every dialect's good requests, damaged. Seeded; a failure names its input. */
import { describe, expect, it } from '@jest/globals';
import { damagedBytes, damagedJson, FUZZ } from '../../test/fakes/mutations';
import { seededRandom } from '../../test/fakes/seeded-random';
import { readTables, upstreamModelFor, type WireCase } from '../../test/fakes/wire-cases';
import type { DialectId, UpstreamApiId } from './api';
import { GatewayError } from './errors';
import { inlineRequestWire as wire } from './request';

const ROUNDS = 8 * FUZZ.factor;
/** What a translation may add to what it was given: defaults, names, wrappers. */
const MOST_GROWTH = 20;
const MOST_EXTRA_BYTES = 20_000;

async function problemOf(
  from: DialectId,
  to: UpstreamApiId,
  body: Buffer,
  given: WireCase,
): Promise<string | undefined> {
  try {
    const facts = await wire.inspect(from, body);
    const rendered = await wire.render(from, to, body, {
      requestModel: facts.model ?? '',
      upstreamModel: upstreamModelFor(to),
      stream: facts.stream,
      includeUsage: facts.includeUsage,
      region: 'us-east-1',
      project: 'p',
      ...given.context,
    });
    JSON.parse(rendered.body.toString('utf8'));
    const limit = body.length * MOST_GROWTH + MOST_EXTRA_BYTES;
    return rendered.body.length > limit ? `grew to ${String(rendered.body.length)} bytes` : undefined;
  } catch (reason) {
    if (!(reason instanceof GatewayError)) return `threw ${String(reason)}`;
    return reason.code === 'internal'
      ? `failed inside: ${String((reason.cause as Error | undefined)?.stack ?? reason)}`
      : undefined;
  }
}

describe.each(readTables('requests'))('requests of $from to $to', ({ from, to, cases }) => {
  it('become requests or clear errors, whatever is wrong with them', async () => {
    const random = seededRandom(FUZZ.seed);
    for (const given of cases) {
      const good = Buffer.from(JSON.stringify(given.input));
      for (let round = 0; round < ROUNDS; round++) {
        const body = round % 4 === 0 ? damagedBytes(good, random) : Buffer.from(damagedJson(given.input, random));
        const problem = await problemOf(from, to, body, given);
        if (problem !== undefined) expect({ case: given.name, body: shown(body), problem }).toBeUndefined();
      }
    }
  });
});

function shown(body: Buffer): string {
  return body.toString('utf8').slice(0, 4_000);
}
