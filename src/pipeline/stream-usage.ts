import type { ListenerPlan } from '../config/plan';
import type { DialectId, RequestFacts, UpstreamApiId } from '../wire/api';
import { UsageStripper } from '../wire/demanded-usage';
import { UsageReader } from '../wire/usage-reader';
import { createDecompressor } from './decompress';
import type { ResponseHead } from './exchange';
import type { ResponseOutcome, RewriteResponse } from './mutation';
import { needsReading, observeAnswer } from './observed-usage';
import { passThrough } from './response';

/** APIs whose streams say what they cost only to those who ask (stream_options.include_usage). */
const TELLS_ON_REQUEST: ReadonlySet<string> = new Set<DialectId>(['openai.chat', 'openai.completions']);

/** One candidate's part of a request. */
export interface ModelCall {
  readonly listener: ListenerPlan;
  readonly request: RequestFacts;
  readonly client: DialectId;
  /** What the candidate speaks. */
  readonly dialect: UpstreamApiId;
}

/** Whether a stream would end without its usage: the caller does not ask for it, and its words go upstream as they are. */
function staysSilent({ request, client, dialect }: ModelCall): boolean {
  return request.stream && !request.includeUsage && dialect === client && TELLS_ON_REQUEST.has(client);
}

/** listeners[].usage: exact: the upstream is asked on the caller's behalf, and the answer must be stripped. */
export function demandsUsage(call: ModelCall): boolean {
  return call.listener.usage === 'exact' && staysSilent(call);
}

export function tellsUsage(call: ModelCall): boolean {
  return call.listener.usage === 'exact' || !staysSilent(call);
}

/** An answer in the caller's API: as it came, apart from what was asked for without the caller's knowledge. */
export function sameAnswer(
  call: ModelCall,
  head: ResponseHead,
  set: Readonly<Record<string, string>>,
  maxBytes: number,
): ResponseOutcome {
  if (demandsUsage(call) && isEventStream(head)) return stripUsage(head, set, maxBytes);
  return needsReading(head) ? observeAnswer(head, set, maxBytes) : passThrough(set, []);
}

/** The stream as it would have been had nobody asked for usage. */
function stripUsage(head: ResponseHead, set: Readonly<Record<string, string>>, maxBytes: number): RewriteResponse {
  const stripper = new UsageStripper();
  const decompressor = createDecompressor(head.headers.get('content-encoding'), maxBytes);
  const reader = needsReading(head) ? new UsageReader() : undefined;
  return {
    kind: 'rewrite',
    headers: { set, remove: ['content-length', ...(decompressor === undefined ? [] : ['content-encoding'])] },
    async rewrite(chunk, end) {
      const plain = decompressor === undefined ? chunk : await decompressor.push(chunk, end);
      reader?.push(plain);
      const passed = stripper.push(plain);
      return end ? Buffer.concat([passed, stripper.end()]) : passed;
    },
    ...(reader === undefined ? {} : { usage: () => reader.end() }),
  };
}

/** Only streams have the extra event; an upstream may answer a JSON body all the same. */
export function isEventStream({ status, headers, endOfStream }: ResponseHead): boolean {
  const isGood = status >= 200 && status <= 299 && !endOfStream;
  return isGood && /^text\/event-stream *(;|$)/i.test(headers.get('content-type') ?? '');
}
