import {
  compileCondition,
  type Plan,
  type PlannedStation,
  parseBelt,
  parseJson,
  planBelt,
} from "../../pipeline/belt/index.ts";
import { assemble } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { HopRules } from "../../pipeline/hop/index.ts";
import { type Commitments, readManifest } from "../../pipeline/log/index.ts";
import { key, type Store } from "../store/index.ts";
import type { Documents } from "./documents.ts";
import type { BookedSheet, Clock, Ledger, Transport } from "./ports.ts";
import type { Processor } from "./processors.ts";
import { Recent } from "./recent.ts";

/** A booked sheet with everything that working on it takes, immutable and at hand. */
export interface Sheet {
  readonly id: string;
  readonly consumer: string;
  readonly count: number;
  readonly plan: Plan;
  /** The member of each station, by the station's name. */
  readonly members: ReadonlyMap<string, string>;
  /** The commitment of each case, from the manifest. */
  readonly commitments: Commitments;
  /** The stations that this member works at, by name. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A station of the sheet that this node works at. */
export interface Place {
  readonly station: PlannedStation;
  readonly rules: HopRules;
  readonly processor: Processor;
}

/** The stations of a sheet at which a member works, by their numbers. */
export function stationsOf(
  { offers }: Pick<BookedSheet, "offers">,
  { ledger, member }: { readonly ledger: Pick<Ledger, "offer">; readonly member: string },
): readonly number[] {
  return [...offers.keys()].filter((station) => ledger.offer(offers[station] ?? "")?.member === member);
}

/** Sheets as this node knows them, read from ledger and documents once. */
export interface Sheets {
  /**
   * The sheet with all that belongs to it.
   *
   * @param from the members of whom one has the manifest and the belt if this node does not
   * @throws {BeltError} `SHEET_UNKNOWN`, `SHEET_CLOSED`, `MANIFEST_UNAVAILABLE`, `DOCUMENT_UNAVAILABLE`,
   *   `STATION_MISSING`
   */
  open(id: string, from: readonly string[], signal: AbortSignal): Promise<Sheet>;
  forget(id: string): void;
}

export interface SheetsParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly member: string;
  /** The processor behind one of this member's offers, by the hash of its document. */
  readonly processors: ReadonlyMap<string, Processor>;
}

/** Sheets and belts that stay in memory as they were read. */
const mostSheets = 128;
const mostBelts = 64;
/** Milliseconds that a tray of a sheet which is not known yet waits for the ledger's answer. */
const patience = 1_000;

export const manifestKey = (root: string): string => key("manifest", root);

export function createSheets(parts: SheetsParts): Sheets {
  const { store, ledger, transport, documents, clock, member, processors } = parts;
  const open = new Recent<Promise<Sheet>>(mostSheets);
  // Compiling schemas and conditions takes longer than a hop, so it is done once a belt.
  const routes = new Recent<Promise<Route>>(mostBelts);

  type Route = Pick<Sheet, "plan" | "members" | "places">;

  async function load(booked: BookedSheet, urls: readonly string[], signal: AbortSignal): Promise<Sheet> {
    const { belt } = booked;
    if (belt === undefined)
      throw new BeltError("NOT_FOUND", `Sheet ${booked.sheet} is a single offer's, and has no belt.`);
    const route = await Recent.remember(routes, belt, () => plan(belt, booked, urls, signal));
    const commitments = await manifest(booked, urls, signal);
    return { id: booked.sheet, consumer: booked.consumer, count: booked.count, commitments, ...route };
  }

  async function plan(
    belt: string,
    { offers }: BookedSheet,
    urls: readonly string[],
    signal: AbortSignal,
  ): Promise<Route> {
    const bytes = await documents.fetch(belt, urls, signal);
    const document = parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: belt }));
    const planned = planBelt(document);
    // Whoever put the hash on the ledger could have given other offers than the document names.
    if (planned.stations.some(({ offer }, number) => offer !== offers[number])) {
      throw new BeltError("SHEET_CLOSED", "The belt's offers on the ledger are not those of its document.");
    }
    const members = new Map<string, string>();
    const places = new Map<string, Place>();
    for (const station of planned.stations) {
      const offer = ledger.offer(station.offer);
      if (offer === undefined) {
        throw new BeltError("SHEET_UNKNOWN", `The offer of station ${station.name} is not on the ledger.`);
      }
      members.set(station.name, offer.member);
      if (offer.member !== member) continue;
      const processor = processors.get(offer.document);
      // Sheets can reach a node whose operator took a station out of the configuration: it says so and waits.
      if (processor === undefined) {
        throw new BeltError(
          "STATION_MISSING",
          `This node is not configured to work as station ${station.name}.`,
        );
      }
      places.set(station.name, { station, processor, rules: rulesOf(station, processor) });
    }
    return { plan: planned, members, places };
  }

  async function manifest(
    booked: BookedSheet,
    urls: readonly string[],
    signal: AbortSignal,
  ): Promise<Commitments> {
    const kept = await store.get(manifestKey(booked.root));
    if (kept !== undefined) return readManifest(kept, booked.root, booked.count);
    let cause: unknown;
    for (const url of urls) {
      try {
        const bytes = await transport.manifest(url, booked.root, signal);
        const commitments = readManifest(bytes, booked.root, booked.count);
        await store.batch([{ type: "put", key: manifestKey(booked.root), value: bytes }]);
        return commitments;
      } catch (error) {
        cause = error;
      }
    }
    throw new BeltError("MANIFEST_UNAVAILABLE", `No node gives the manifest of sheet ${booked.sheet}.`, {
      cause,
    });
  }

  /** Whoever sends a tray may have seen a block before this node; what is not found at once is sent again. */
  async function lookFor(id: string, signal: AbortSignal): Promise<BookedSheet | undefined> {
    const enough = new AbortController();
    const ends = AbortSignal.any([signal, enough.signal]);
    await Promise.race([ledger.look(ends), clock.sleep(patience, ends)]);
    enough.abort("enough");
    return ledger.sheet(id);
  }

  return {
    async open(id, from, signal) {
      const booked = ledger.sheet(id) ?? (await lookFor(id, signal));
      if (booked === undefined)
        throw new BeltError("SHEET_UNKNOWN", `No booking of sheet ${id} is on the ledger.`);
      if (booked.expired) throw new BeltError("SHEET_CLOSED", `Sheet ${id} has expired.`);
      const urls = [...from, booked.consumer].flatMap((address) => ledger.partner(address)?.url ?? []);
      return Recent.remember(open, id, () => load(booked, [...new Set(urls)], signal));
    },
    forget(id) {
      open.delete(id);
    },
  };
}

function rulesOf(station: PlannedStation, { contract, input }: Processor): HopRules {
  const when = station.when === undefined ? () => true : compileCondition(station.when, contract.input);
  return {
    sources: station.sources,
    needs: station.needs,
    assemble,
    when,
    misfits(value) {
      const result = input.validate(value);
      return result.valid ? [] : result.errors.map(({ at, message }) => `${at} ${message}`.trim());
    },
  };
}
