/** What starting a network consists of; some of it goes on at the same time. */
export const steps = [
  "ports",
  "keys",
  "chain",
  "sources",
  "contracts",
  "members",
  "nodes",
  "offers",
  "belt",
] as const;
export type StepName = (typeof steps)[number];

/** What is told of a step: that it begins, that it is done and what came of it, or that it failed. */
export type Step =
  | { readonly step: StepName; readonly state: "begins" }
  | { readonly step: StepName; readonly state: "done"; readonly note: string; readonly milliseconds: number }
  | { readonly step: StepName; readonly state: "failed" };

/** Runs a step; `note` says in a few words what came of it. */
export type RunStep = <T>(step: StepName, work: () => Promise<T>, note: (result: T) => string) => Promise<T>;

/**
 * @param report - told of every step that is run
 * @param signal - when it aborts, steps end with its reason, whatever they wait for
 */
export function createSteps(report: (step: Step) => void, signal: AbortSignal): RunStep {
  return async (step, work, note) => {
    const begun = performance.now();
    report({ step, state: "begins" });
    try {
      signal.throwIfAborted();
      const result = await orAborted(work(), signal);
      const milliseconds = Math.round(performance.now() - begun);
      report({ step, state: "done", note: note(result), milliseconds });
      return result;
    } catch (error) {
      report({ step, state: "failed" });
      throw error;
    }
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
