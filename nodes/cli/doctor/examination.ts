import { BeltError, type Code } from "../../../pipeline/errors.ts";

/** What one check of `belt doctor` found. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "problem" | "skipped";
  readonly sentence: string;
  readonly remedy?: string;
  readonly code?: Code;
  readonly at?: string;
}

/** What a check found to be in order, or nearly so, and what later checks need of it. */
export interface Passed<T> {
  readonly value: T;
  readonly sentence: string;
  /** What to do about something that is no problem yet. */
  readonly advice?: string | undefined;
}

/** One run of all checks, in their order. */
export interface Examination {
  readonly findings: readonly Finding[];
  /** Runs a check; its error becomes a finding, and then it gives nothing. */
  check<T>(name: string, run: () => Promise<Passed<T>>): Promise<T | undefined>;
  /** Says that a check cannot be made. */
  skip(name: string, why: string): void;
}

export function startExamination(): Examination {
  const findings: Finding[] = [];
  return {
    findings,
    async check(name, run) {
      try {
        const { value, sentence, advice } = await run();
        findings.push({
          ...{ check: name, state: advice === undefined ? "ok" : "warning", sentence },
          ...(advice === undefined ? {} : { remedy: advice }),
        });
        return value;
      } catch (error) {
        const { code, message, at, remedy } = asBeltError(error);
        findings.push({
          check: name,
          state: "problem",
          sentence: message,
          remedy,
          code,
          ...(at ? { at } : {}),
        });
        return undefined;
      }
    },
    skip: (name, why) => void findings.push({ check: name, state: "skipped", sentence: why }),
  };
}

function asBeltError(error: unknown): BeltError {
  if (error instanceof BeltError) return error;
  const message = error instanceof Error ? error.message : "The check failed.";
  return new BeltError("INTERNAL", message, { cause: error });
}
