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
  readonly written: (written: Promise<Written>) => void;
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
    for (let from = 0; from < all.length; from += mostTogether) send(all.slice(from, from + mostTogether));
  };

  const send = (all: readonly Waiting[]): void => {
    const together = all.length > 1 ? writeTogether(all.map(({ writing }) => writing)) : undefined;
    for (const { writing, written } of all) {
      const alone = () => write(...writing);
      const orAlone = (error: unknown) => {
        if (error instanceof LedgerRevert) return alone();
        throw error;
      };
      written(together?.catch(orAlone) ?? alone());
    }
  };

  const writeTogether = async (all: readonly Writing[]): Promise<Written> => {
    const call = bookingCalls.together(all.map(([, each]) => each));
    const already = () => {
      const positions = all.map(([, , each]) => each());
      return positions.includes(undefined) ? undefined : positions.at(-1);
    };
    return write(`together/${toHex(sha256(call.data))}`, call, already);
  };

  return (...writing) => {
    const [, , already] = writing;
    if (already() !== undefined) return write(...writing);
    return new Promise((written) => {
      if (waiting.length === 0) setTimeout(flush, gathering);
      waiting.push({ writing, written });
    });
  };
}
