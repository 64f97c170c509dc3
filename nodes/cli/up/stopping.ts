/** What ends `belt up` from outside. */
export interface Stopping {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of a command that was ended by it before it was done. */
  readonly exitCode: number;
  /** Listens no more. */
  close(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * The first Ctrl-C (or SIGTERM, or the end of the terminal) stops in good order; the second ends everything at once.
 *
 * @param told - called at the first
 * @param kill - called at the second, just before the process ends
 */
export function stopOnSignals(told: () => void, kill: () => void): Stopping {
  const stopping = new AbortController();
  let exitCode = 0;
  const listeners = Object.entries(exitCodes).map(([signal, code]) => {
    const listener = (): void => {
      if (stopping.signal.aborted) {
        kill();
        process.exit(code);
      }
      exitCode = code;
      told();
      stopping.abort(new DOMException("The command was ended.", "AbortError"));
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return {
    signal: stopping.signal,
    get exitCode() {
      return exitCode;
    },
    close() {
      for (const remove of listeners) remove();
    },
  };
}
