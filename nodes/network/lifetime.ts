/** From the first thing that is started to the last that is let go of. */
export interface Lifetime {
  /** Aborts when starting failed, and in the end. */
  readonly signal: AbortSignal;
  /** Ends the start for a reason; once everything is up it changes nothing. */
  fail(reason: unknown): void;
  /** Waits for all of them. When one fails the others are ended, and the first failure is thrown when none goes on. */
  all<T extends readonly Promise<unknown>[]>(...work: T): Promise<{ [K in keyof T]: Awaited<T[K]> }>;
  /** Says what is to be done in the end; what was said last is done first. */
  atEnd(action: () => unknown): void;
  /** Everything is up: from now on the outer signal ends it in good order. */
  isUp(): void;
  /** Does what is to be done in the end, once; resolves when it is done. */
  end(): Promise<void>;
}

/** @param outer - ends the lifetime, whether it is still starting or up */
export function createLifetime(outer?: AbortSignal): Lifetime {
  const over = new AbortController();
  const actions: (() => unknown)[] = [];
  let up = false;
  let ended: Promise<void> | undefined;

  function end(): Promise<void> {
    ended ??= (async () => {
      outer?.removeEventListener("abort", aborted);
      for (let action = actions.pop(); action !== undefined; action = actions.pop()) await action();
      over.abort(new DOMException("The network has stopped.", "AbortError"));
    })();
    return ended;
  }
  function fail(reason: unknown): void {
    if (!up) over.abort(reason);
  }
  function aborted(): void {
    if (up) void end();
    else over.abort(outer?.reason);
  }
  if (outer?.aborted) aborted();
  outer?.addEventListener("abort", aborted, { once: true });

  return {
    signal: over.signal,
    fail,
    async all(...work) {
      for (const each of work) each.catch(fail);
      await Promise.allSettled(work);
      over.signal.throwIfAborted();
      return Promise.all(work);
    },
    atEnd: (action) => void actions.push(action),
    isUp() {
      over.signal.throwIfAborted();
      up = true;
    },
    end,
  };
}
