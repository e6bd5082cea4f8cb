import type { JsonObject } from '../../json/read';
import type { StreamItem } from './stream-items';
import type { Status } from './vocabulary';

interface Queued {
  readonly item: StreamItem;
  /** Something else has begun, so it ends as soon as it is its turn. */
  isOver: boolean;
}

/**
 * Output items of a stream, one open at a time, in the order in which they began. Other APIs may interleave text and
 * several calls: what comes for a later item is held until the earlier ones have ended. The last item ends with the
 * stream only, because whether it is whole is not known before.
 */
export class ItemQueue {
  private readonly queue: Queued[] = [];
  private headIsOpen = false;
  private readonly finished: JsonObject[] = [];
  private count = 0;

  /** Place of the next item to begin. */
  get nextIndex(): number {
    return this.count;
  }

  /** Items that have ended, as they were shown. */
  get output(): readonly JsonObject[] {
    return this.finished;
  }

  get last(): StreamItem | undefined {
    return this.queue.at(-1)?.item;
  }

  /** An item that is still open to more. */
  find(key: string): StreamItem | undefined {
    return this.queue.findLast((queued) => queued.item.key === key && !queued.isOver)?.item;
  }

  begin(item: StreamItem): void {
    for (const queued of this.queue) queued.isOver ||= queued.item.mayEnd;
    this.queue.push({ item, isOver: false });
    this.count += 1;
  }

  /** Sends what may be sent now. */
  drain(): readonly JsonObject[] {
    const events: JsonObject[] = [];
    for (let head = this.queue[0]; head !== undefined; head = this.queue[0]) {
      events.push(...this.opened(head.item), ...head.item.flush());
      if (!head.isOver) return events;
      events.push(...this.closed(head.item, 'completed'));
    }
    return events;
  }

  /** Ends everything; `lastStatus` is that of the item that the model was writing when it stopped. */
  end(lastStatus: Status): readonly JsonObject[] {
    const events: JsonObject[] = [];
    for (let head = this.queue[0]; head !== undefined; head = this.queue[0]) {
      events.push(...this.opened(head.item), ...head.item.flush());
      events.push(...this.closed(head.item, this.queue.length === 1 ? lastStatus : 'completed'));
    }
    return events;
  }

  private opened(item: StreamItem): readonly JsonObject[] {
    if (this.headIsOpen) return [];
    this.headIsOpen = true;
    return item.open();
  }

  private closed(item: StreamItem, status: Status): readonly JsonObject[] {
    const events = item.close(status);
    this.finished.push(item.done(status));
    this.queue.shift();
    this.headIsOpen = false;
    return events;
  }
}
