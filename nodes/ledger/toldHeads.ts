import type { Header } from "./wire.ts";

/** The newest blocks' headers, as the ledger's node told of them by itself: they need not be asked for. */
export interface ToldHeads {
  /** Adds the header of what is the ledger's newest block now. */
  add(header: Header): void;
  /** Nothing is told any more. */
  clear(): void;
  /** The block that was told of last. */
  last(): Header | undefined;
  /** The block of that number, if it was told of. */
  at(number: number): Header | undefined;
}

/** More headers than this are not kept. */
const most = 256;

export function createToldHeads(): ToldHeads {
  const headers = new Map<number, Header>();
  let last: Header | undefined;
  return {
    add(header) {
      // Blocks from there on that were told of before are replaced.
      for (const number of headers.keys()) if (number >= header.number) headers.delete(number);
      headers.set(header.number, header);
      last = header;
      const [oldest] = headers.keys();
      if (headers.size > most && oldest !== undefined) headers.delete(oldest);
    },
    clear() {
      headers.clear();
      last = undefined;
    },
    last: () => last,
    at: (number) => headers.get(number),
  };
}
