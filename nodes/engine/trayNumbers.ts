import { type Change, key, type Store } from "../store/index.ts";
import { Recent } from "./recent.ts";

/** Numbers trays within their sheet and edge, without a gap that a crash could reuse. */
export interface TrayNumbers {
  /** Begins a batch: its numbers count only once it is written and committed. */
  begin(): {
    next(sheet: string, edge: string): Promise<number>;
    changes(): readonly Change[];
    commit(): void;
  };
  /** Forgets what memory has of a sheet, whose trays another worker may have numbered since. */
  forget(sheet: string): void;
}

/** Edges whose next number stays in memory; that of another is read from the store. */
const mostEdges = 4_096;

const counterKey = (sheet: string, edge: string): string => key("edge", sheet, edge);

/** Far more than the cases of a sheet, of which every tray has one at least. */
const numbersOfACopy = 2 ** 20;

/**
 * @param copy which copy of the member's store this is: numbers that another one gave must not be given again, so each
 *   has its own
 */
export function createTrayNumbers(store: Store, copy: number): TrayNumbers {
  const least = copy * numbersOfACopy;
  const used = new Recent<number>(mostEdges);

  async function read(counter: string): Promise<number> {
    const known = used.get(counter);
    if (known !== undefined) return known;
    const stored = await store.get(counter);
    const next = stored === undefined ? 0 : Number(Buffer.from(stored).toString("latin1"));
    return Math.max(next, least);
  }

  return {
    forget: (sheet) => used.deleteUnder(counterKey(sheet, "")),
    begin() {
      const taken = new Map<string, number>();
      return {
        async next(sheet, edge) {
          const counter = counterKey(sheet, edge);
          const number = taken.get(counter) ?? (await read(counter));
          taken.set(counter, number + 1);
          return number;
        },
        changes: () =>
          [...taken].map(([counter, number]) => ({
            type: "put",
            key: counter,
            value: Buffer.from(String(number), "latin1"),
          })),
        commit() {
          for (const [counter, number] of taken) used.set(counter, number);
        },
      };
    },
  };
}
