import type { WriteStream } from "node:tty";
import type { Transaction } from "../api/index.ts";
import { print, printable, short, styled } from "./output.ts";
import { createLive } from "./up/live.ts";

/** Shows how the transactions of a command get on. */
export interface TransactionShow {
  readonly tell: (transaction: Transaction) => void;
  /** Nothing more is told. */
  end(): void;
}

/** For a terminal that does not say how wide it is. */
const usualColumns = 80;

/** At a terminal a line for each transaction that grows in place; elsewhere a line for each of their steps. */
export function createTransactionShow(output: WriteStream): TransactionShow {
  const newest = new Map<number, Transaction>();
  const steps = new Map<number, string[]>();
  const live = output.isTTY ? createLive(output) : undefined;
  const lines = (): string[] =>
    [...newest].map(([nonce, { what }]) =>
      lineOf(what, steps.get(nonce) ?? [], output.columns || usualColumns),
    );

  return {
    tell(transaction) {
      const { nonce, what } = transaction;
      const step = stepOf(newest.get(nonce), transaction);
      newest.set(nonce, transaction);
      if (step === undefined) return;
      steps.set(nonce, [...(steps.get(nonce) ?? []), step]);
      if (live === undefined) print(`${printable(what)}: ${step}`);
      else live.show(lines);
    },
    end() {
      live?.end();
      const open = [...newest.values()].some(
        ({ state, problem }) => state !== "final" && !(state === "mined" && problem),
      );
      if (open) print(styled("dim", "Not final yet; how it gets on: belt transactions"));
    },
  };
}

/** What is new of a transaction, in words; undefined when nothing is. */
export function stepOf(before: Transaction | undefined, now: Transaction): string | undefined {
  if (before !== undefined && now.attempts > before.attempts) {
    return `signed again as ${short(now.hash)}, offering more`;
  }
  if (before?.state === now.state) return undefined;
  return stateOf(now);
}

/** The state of a transaction in words. */
export function stateOf({ state, hash, block, resends, problem }: Transaction): string {
  if (state === "signed") return `signed as ${short(hash)}`;
  if (state === "sent") return resends > 0 ? "sent again" : "sent";
  if (state === "dropped") return "dropped";
  if (state === "final") return "final";
  return `${problem === undefined ? "mined" : "reverted"} in block ${block}`;
}

/** The steps on one line; the first ones are left out when it has no room for them. */
function lineOf(what: string, steps: readonly string[], columns: number): string {
  for (let first = 0; ; first++) {
    const line = `${printable(what)}: ${first === 0 ? "" : "… "}${steps.slice(first).join(", ")}`;
    if (line.length < columns || first >= steps.length - 1) return line;
  }
}
