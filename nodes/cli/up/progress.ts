import { type Status, statuses } from "../../../pipeline/receipt/index.ts";
import type { CaseEvent } from "../../api/index.ts";

/** How far one station is with the cases of a sheet. */
export interface StationRow {
  readonly station: string;
  /** How many cases ended how. */
  readonly counts: Readonly<Record<Status | "expired", number>>;
  readonly ended: number;
}

/** How far a sheet is, as its events tell. */
export interface Progress {
  readonly cases: number;
  /** In the order in which the belt names its stations. */
  readonly rows: readonly StationRow[];
  /** Receipts that the consumer has, and how many there will be. */
  readonly hops: number;
  readonly allHops: number;
}

const ends = [...statuses, "expired"] as const;
type End = (typeof ends)[number];

const isEnd = (status: CaseEvent["status"]): status is End => status !== "open";

/** Counts events as they come. */
export function createProgress(stations: readonly string[], cases: number) {
  const counts = new Map<string, Record<End, number>>(
    stations.map((station) => [
      station,
      { done: 0, skipped: 0, unprocessable: 0, failed: 0, blocked: 0, expired: 0 },
    ]),
  );
  return {
    add({ station, status }: CaseEvent): void {
      const row = counts.get(station);
      if (row !== undefined && isEnd(status)) row[status]++;
    },
    now(): Progress {
      const rows = [...counts].map(([station, row]) => {
        const ended = Object.values(row).reduce((sum, count) => sum + count, 0);
        return { station, counts: { ...row }, ended };
      });
      const hops = rows.reduce((sum, { ended }) => sum + ended, 0);
      return { cases, rows, hops, allHops: cases * stations.length };
    },
  };
}

/** What a station did, in words: `21 done, 1 skipped, 2 blocked`. */
export function outcomesOf({ counts }: StationRow): string {
  return ends
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`)
    .join(", ");
}
