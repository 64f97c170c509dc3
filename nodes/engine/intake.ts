import { BeltError } from "../../pipeline/errors.ts";
import type { Delivery } from "../../pipeline/hop/index.ts";
import type { TraceContext } from "../../pipeline/tray/index.ts";
import type { Change, Store } from "../store/index.ts";
import type { AcceptedTray } from "./inbox.ts";
import { writeKeptTray } from "./keptTray.ts";
import type { Finished, Line } from "./line.ts";
import type { Clock } from "./ports.ts";
import type { Progress } from "./progress.ts";
import { type Queues, queuesOf } from "./queues.ts";
import { seenKey } from "./seenTrays.ts";
import type { Place } from "./sheets.ts";
import type { Signals } from "./signals.ts";

/** Kept trays whose cases are at this node's stations: a tray goes when the last of its cases is finished. */
export interface Intake {
  /**
   * The changes that keep a tray until its cases are finished.
   *
   * @throws {BeltError} `TRAY_CONFLICT` when a case came before with another outcome
   */
  keep(tray: AcceptedTray, bytes: Uint8Array): readonly Change[];
  /** Puts the tray's cases on the line. */
  take(tray: AcceptedTray): Promise<void>;
  /** What goes with these finished cases: the trays of which they were the last. */
  release(finished: readonly Finished[]): { readonly changes: readonly Change[]; commit(): void };
  /** What working on these cases was done because of: their trays, as far as that is traced. */
  causesOf(finished: readonly Finished[]): readonly TraceContext[];
  drop(sheet: string): void;
  /** What waits along each edge: cases that are not written down, and when the tray of the oldest came. */
  queues(): Queues;
}

export interface IntakeParts {
  readonly clock: Clock;
  readonly signals: Signals;
  readonly store: Store;
  readonly line: Line;
  readonly progress: Progress;
}

interface TrayInHand {
  readonly tray: AcceptedTray;
  /** The tray's cases that are not finished yet. */
  open: number;
}

export function createIntake({ store, line, progress, clock, signals }: IntakeParts): Intake {
  const kept = new Map<string, TrayInHand>();

  const leave = ({ name, stored, hash }: AcceptedTray): Change[] => [
    { type: "del", key: stored },
    { type: "put", key: seenKey(name), value: Buffer.from(hash, "latin1") },
  ];

  /** Whether the case came from this source before, on another tray, with another outcome. */
  function contradicts({ sheet, edge }: AcceptedTray, { item, arrival }: Delivery): boolean {
    const earlier = line.find(sheet.id, edge.to, item.case)?.hop.get(edge.from);
    return earlier !== undefined && earlier.digest !== arrival.digest;
  }

  return {
    keep(tray, bytes) {
      placeOf(tray);
      const contradiction = tray.deliveries.find((delivery) => contradicts(tray, delivery));
      if (contradiction !== undefined) {
        const at = `case ${contradiction.item.case}`;
        throw new BeltError("TRAY_CONFLICT", "The case came before with another outcome.", { at });
      }
      return [{ type: "put", key: tray.stored, value: writeKeptTray({ arrived: tray.arrived, bytes }) }];
    },
    async take(tray) {
      const place = placeOf(tray);
      const ended = await progress.open(tray.sheet.id, place.station.name);
      const fresh = tray.deliveries.filter(
        (delivery) => !ended.has(delivery.item.case) && !contradicts(tray, delivery),
      );
      if (fresh.length === 0) {
        await store.batch(leave(tray));
        return;
      }
      kept.set(tray.stored, { tray, open: fresh.length });
      for (const { item, arrival } of fresh) {
        line.add({ sheet: tray.sheet, place, ended, case: item.case }, tray.edge.from, arrival, tray);
      }
    },
    release(finished) {
      const counts = new Map<TrayInHand, number>();
      for (const { job } of finished) {
        for (const stored of job.trays) {
          const entry = kept.get(stored);
          if (entry !== undefined) counts.set(entry, (counts.get(entry) ?? 0) + 1);
        }
      }
      const emptied = [...counts].flatMap(([entry, count]) => (entry.open === count ? [entry.tray] : []));
      return {
        changes: emptied.flatMap(leave),
        commit() {
          for (const [entry, count] of counts) entry.open -= count;
          for (const { stored, name, arrived } of emptied) {
            kept.delete(stored);
            signals.emit("emptied", { tray: name, milliseconds: clock.now() - arrived });
          }
        },
      };
    },
    causesOf: (finished) =>
      [...new Set(finished.flatMap(({ job }) => job.trays))].flatMap(
        (stored) => kept.get(stored)?.tray.trace ?? [],
      ),
    drop(sheet) {
      for (const [stored, { tray }] of kept) if (tray.sheet.id === sheet) kept.delete(stored);
    },
    queues: () =>
      queuesOf(
        kept
          .values()
          .map(({ tray: { name, arrived }, open }) => ({ edge: name.edge, since: arrived, count: open })),
      ),
  };
}

function placeOf({ sheet, edge }: AcceptedTray): Place {
  const place = sheet.places.get(edge.to);
  if (place === undefined)
    throw new BeltError("STATION_MISSING", `This node does not work as station ${edge.to}.`);
  return place;
}
