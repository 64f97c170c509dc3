import { setTimeout as pause } from "node:timers/promises";
import { sha256, toHex } from "../../pipeline/bytes.ts";
import type { Position } from "../../pipeline/index/index.ts";
import { bookingCalls } from "./bookingCalls.ts";
import type { ContractCall } from "./call.ts";
import { LedgerRevert } from "./revert.ts";
import type { Write, Written } from "./write.ts";

/** Milliseconds for which a call waits for others to share its transaction. */
const gathering = 50;

/** At most so many calls in one transaction: of reports with every word they can have, they take a quarter of a block. */
const mostTogether = 16;

/** What {@link Write} takes of a call of `Bookings`: its name, the call, and what it wrote if that is on the ledger already. */
export type Writing = readonly [id: string, call: ContractCall, already: () => Position | undefined];

interface Waiting {
  readonly writing: Writing;
  readonly written: (written: Written | Promise<Written>) => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Writes calls of `Bookings` that are made at about the same time in one transaction, since what a transaction takes of
 * the ledger, and of everybody who reads it, hardly depends on what is in it. Where the contract refuses them together,
 * each is written by itself: one that cannot be written holds up no other.
 */
export function createTogether(write: Write): (...writing: Writing) => Promise<Written> {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += mostTogether)
      void send(all.slice(from, from + mostTogether));
  };

  const send = async (all: readonly Waiting[]): Promise<void> => {
    const left = all.filter(({ writing: [, , already] }) => already() === undefined);
    const alone = left.length > 1 ? all.filter((each) => !left.includes(each)) : all;
    for (const { writing, written } of alone) written(write(...writing));
    if (left.length < 2) return;
    try {
      const done = await writeTogether(left.map(({ writing }) => writing));
      for (const { written } of left) written(done);
    } catch (error) {
      for (const { writing, written, fail } of left) {
        if (error instanceof LedgerRevert) written(write(...writing));
        else fail(error);
      }
    }
  };

  const writeTogether = (all: readonly Writing[]): Promise<Written> => {
    const call = bookingCalls.together(all.map(([, each]) => each));
    const already = () => {
      const positions = all.map(([, , each]) => each());
      return positions.includes(undefined) ? undefined : positions.at(-1);
    };
    return write(`together/${toHex(sha256(call.data))}`, call, already);
  };

  return (...writing) =>
    new Promise((written, fail) => {
      if (waiting.length === 0) void pause(gathering).then(flush);
      waiting.push({ writing, written, fail });
    });
}
