import { BeltError } from "../../pipeline/errors.ts";

/** Compares this machine's clock with those of the ledger's node and of the ledger's newest blocks. */
export interface ClockCheck {
  /** The server's time of an answer (HTTP Date), in milliseconds since 1970. */
  sawDate(date: number): void;
  /** The time of a block that has just been added, in seconds since 1970. */
  sawBlock(at: number): void;
  /** What is wrong now; undefined when the clocks agree, or nothing is known. */
  warning(): BeltError | undefined;
}

export interface ClockCheckOptions {
  /** This machine's clock: milliseconds since 1970. */
  readonly now: () => number;
  /** How far clocks may be apart, in seconds. */
  readonly tolerance?: number;
  /** Is told when a warning comes up, changes its source, or goes (undefined). */
  readonly onChange: (warning: BeltError | undefined) => void;
}

export function checkClock({ now, tolerance = 60, onChange }: ClockCheckOptions): ClockCheck {
  /** Seconds that this machine's clock is ahead, by what it was compared with. */
  const ahead = new Map<string, number>();
  let warning: BeltError | undefined;
  let source: string | undefined;

  const compare = (other: string, milliseconds: number) => {
    ahead.set(other, Math.round((now() - milliseconds) / 1_000));
    const worst = [...ahead].find(([, seconds]) => Math.abs(seconds) > tolerance);
    if (worst?.[0] === source) return;
    source = worst?.[0];
    warning = worst && skewed(...worst);
    onChange(warning);
  };

  return {
    sawDate: (date) => compare("the ledger's node", date),
    sawBlock: (at) => compare("the ledger's newest block", at * 1_000),
    warning: () => warning,
  };
}

function skewed(other: string, seconds: number): BeltError {
  const way = seconds > 0 ? "ahead of" : "behind";
  return new BeltError(
    "CLOCK_SKEWED",
    `This machine's clock is ${Math.abs(seconds)} seconds ${way} ${other}.`,
  );
}
