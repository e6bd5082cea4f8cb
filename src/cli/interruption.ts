/** Asks to end, as this process receives them. */
export interface Interruption {
  /** Aborts at the first ask: end in order. */
  readonly asked: AbortSignal;
  /** Aborts when asked again: do not wait for anybody. */
  readonly hurried: AbortSignal;
}

/** A signal that reaches both a wrapper process and this one counts once. */
const SAME_ASK_MS = 500;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, and for the end of the process that started this one, where that one holds an IPC
 * channel to it (a supervisor, or an older Node.js that handed over).
 */
export function listenForInterruption(): Interruption {
  const asked = new AbortController();
  const hurried = new AbortController();
  let firstAt = 0;
  const ask = (reason: string): void => {
    if (!asked.signal.aborted) {
      firstAt = performance.now();
      asked.abort(reason);
    } else if (performance.now() - firstAt > SAME_ASK_MS) {
      hurried.abort(reason);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  if (process.connected) {
    const onDisconnect = (): void => ask('disconnect');
    process.on('disconnect', onDisconnect);
    // Listening must not by itself keep the process alive.
    process.channel?.unref();
    detachFromStarter = () => {
      process.off('disconnect', onDisconnect);
      process.disconnect?.();
    };
  }
  return { asked: asked.signal, hurried: hurried.signal };
}

let detachFromStarter: () => void = () => undefined;

/** From now on this process outlives the one that started it. */
export function outliveStarter(): void {
  detachFromStarter();
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
