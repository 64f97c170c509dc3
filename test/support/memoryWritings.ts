import type { Writing } from "../../nodes/api/index.ts";

/** What a node in memory was told to write, in order. */
export interface Agreed {
  readonly what: string;
  readonly given: unknown;
}

/** How a node in memory writes. */
export interface MemoryWritings {
  /** The hash of every transaction. */
  readonly transaction: string;
  readonly writes: <Given, Answer>(
    what: string,
    check: (given: Given) => { readonly act: () => Answer },
  ) => Writing<Given, Answer>;
}

/** Writings that keep what they are told, and answer. */
export const notingIn =
  (agreed: Agreed[], { writes }: MemoryWritings) =>
  <Given, Answer>(what: string, answer: (given: Given) => Answer): Writing<Given, Answer> =>
    writes(what, (given: Given) => ({
      act() {
        agreed.push({ what, given });
        return answer(given);
      },
    }));

/** An identifier of so many bytes that are all the same. */
export const bytes = (digits: string, count: number): string => `0x${digits.repeat(count)}`;
export const time = "2026-03-01T12:00:00.000Z";
