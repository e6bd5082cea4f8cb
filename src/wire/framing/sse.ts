/** One server-sent event. `event` is absent for the default type. */
export interface SseEvent {
  readonly event?: string;
  readonly data: string;
}

/** Wire text of an event; `data` must be one line, which JSON text always is. */
export function printSse(event: SseEvent): string {
  return event.event === undefined ? `data: ${event.data}\n\n` : `event: ${event.event}\ndata: ${event.data}\n\n`;
}
