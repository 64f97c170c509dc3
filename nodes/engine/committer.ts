import { type Digest, derive, type RandomBytes, toBase64url } from "../../pipeline/bytes.ts";
import { fieldAt } from "../../pipeline/case/index.ts";
import { commit, disclose, type Sealed } from "../../pipeline/disclosure/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { JsonObject } from "../../pipeline/json.ts";
import { leafHash } from "../../pipeline/log/index.ts";
import { placeKey, type Receipt, receiptBytes, writePlace } from "../../pipeline/receipt/index.ts";
import type { Item, PlaceOf, TraceContext } from "../../pipeline/tray/index.ts";
import type { Change, Store } from "../store/index.ts";
import { type Departure, sealDepartures } from "./departures.ts";
import type { Finished, Job } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { Clock, Ledger, Self } from "./ports.ts";
import { keepReceipt } from "./progress.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import type { Turn } from "./share.ts";
import type { Sheet } from "./sheets.ts";
import type { Signals, Worked } from "./signals.ts";
import type { BeginTrace } from "./tracing.ts";
import type { TrayNumbers } from "./trayNumbers.ts";

/**
 * Writes down what stations finished. Everything that is finished by the time the disk is free goes into one
 * atomic batch: receipts, their place in the log, the sealed trays to the next stations, and the removal of what
 * came in. So a crash leaves a case either wholly finished or as it was before.
 */
export interface Committer {
  add(finished: Finished): void;
  /** Finished cases that are not written yet. */
  waiting(): number;
  /** Resolves when everything added so far is written. */
  settled(): Promise<void>;
}

export interface CommitterParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly self: Self;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signals: Signals;
  readonly log: ReceiptLog;
  /** Which copy of the member's store this one is. */
  readonly copy: number;
  readonly numbers: TrayNumbers;
  readonly outbox: Outbox;
  readonly signal: AbortSignal;
  /** Where other workers append to the log as well: waits until it is this one's. */
  readonly turn?: (() => Promise<Turn>) | undefined;
  /** What else goes with these cases: the stored trays of which they were the last, the waits that ended. */
  readonly releases: readonly ((finished: readonly Finished[]) => Prepared)[];
  readonly tracing: BeginTrace | undefined;
  /** What working on these cases was done because of. */
  causesOf(finished: readonly Finished[]): readonly TraceContext[];
  /** Called after receipts of a sheet and station were written. */
  written(sheet: Sheet, station: string): void;
}

/** Changes, and what takes effect once they are written. */
export interface Prepared {
  readonly changes: readonly Change[];
  commit(): void;
}

/** At most this many cases in one batch: bounds its memory and the time until its first case travels on. */
const mostCasesABatch = 1024;
/** Milliseconds of the first rest after nothing could be written, and of the longest: a disk may be full for a day. */
const rest = { least: 1_000, most: 10_000 };

export function createCommitter(parts: CommitterParts): Committer {
  const { store, ledger, self, clock, random, signals, log, copy, numbers, outbox, signal, tracing } = parts;
  const key = placeKey(self.secret);
  const waiting: Finished[] = [];
  let writing = 0;
  let running: Promise<void> = Promise.resolve();
  let active = false;

  async function drain(): Promise<void> {
    let pause = rest.least;
    try {
      while (waiting.length > 0) {
        await outbox.room();
        if (signal.aborted) return;
        const batch = waiting.splice(0, mostCasesABatch);
        writing = batch.length;
        const stuck = await writeOrDivide(batch);
        writing = 0;
        // What cannot be written now goes behind the rest, so that it holds up nobody else's cases.
        waiting.push(...stuck);
        if (stuck.length < batch.length) pause = rest.least;
        if (stuck.length === waiting.length && stuck.length > 0) {
          await clock.sleep(pause, signal);
          pause = Math.min(2 * pause, rest.most);
        }
      }
    } finally {
      // In one step with the last look at what waits: what was added in between would stay behind.
      active = false;
    }
  }

  /** Writes a batch; where that fails, each station's cases by themselves. Gives those that could not be written. */
  async function writeOrDivide(batch: readonly Finished[]): Promise<Finished[]> {
    try {
      await write(batch);
      return [];
    } catch (problem) {
      const parts = [
        ...Map.groupBy(batch, ({ job }) => `${job.sheet.id}/${job.place.station.name}`).values(),
      ];
      if (parts.length > 1) {
        const stuck: Finished[] = [];
        for (const part of parts) stuck.push(...(await writeOrDivide(part)));
        return stuck;
      }
      if (!signal.aborted) signals.emit("trouble", { what: "write down finished cases", problem });
      return [...batch];
    }
  }

  async function write(batch: readonly Finished[]): Promise<void> {
    const start = clock.now();
    const groups = groupsOf(batch.map((entry) => conclude(entry, self)));
    const turn = await parts.turn?.();
    try {
      await log.refresh();
      await writeGroups({ batch, groups, start, turn });
    } catch (problem) {
      await turn?.giveBack();
      throw problem;
    }
  }

  async function writeGroups({ batch, groups, start, turn }: Writing): Promise<void> {
    // What travels together stands together in the log, so that one place says where all of it is.
    const concluded = groups.flatMap(({ members }) => members);
    let first = log.head().size;
    const appended = log.prepare(concluded.map(({ leaf }) => leaf));
    const numbered = numbers.begin();
    const worked = groups.map(workOf);
    const departures = groups.flatMap((group, number) => {
      const start = first;
      first += group.members.length;
      const placeOf: PlaceOf = (from, count) => {
        const leaves = group.members.slice(from, from + count).map(({ leaf }) => leaf);
        return writePlace(key, { copy, first: start + from }, leaves);
      };
      return departuresOf(group, { placeOf, trace: worked[number]?.trace?.context });
    });
    const trays = await sealDepartures(departures, { ledger, self, random, numbered, tracing });
    const released = parts.releases.map((release) => release(batch));
    await store.batch([
      ...concluded.map(({ receipt, bytes }) => keepReceipt(receipt, bytes)),
      ...appended.changes,
      ...numbered.changes(),
      ...outbox.changes(trays),
      ...released.flatMap(({ changes }) => changes),
      ...(turn?.changes ?? []),
    ]);
    appended.commit();
    numbered.commit();
    for (const { commit: apply } of released) apply();
    outbox.send(trays);
    const receipts = concluded.map(({ receipt }) => receipt);
    for (const { job } of batch) job.ended.written(job.case);
    for (const { sheet, station } of groups) parts.written(sheet, station);
    signals.emit("committed", { receipts, worked, milliseconds: clock.now() - start });
  }

  /** What is told of a group: once for all its cases, however many they are. */
  function workOf({ sheet, station, members }: Group): Worked {
    const finished = members.map((member) => member.finished);
    const since = finished.reduce((least, { job }) => Math.min(least, job.received), clock.now());
    const trace = tracing?.(parts.causesOf(finished));
    return { sheet: sheet.id, station, cases: finished.length, since, trace };
  }

  return {
    add(entry) {
      waiting.push(entry);
      if (active) return;
      active = true;
      running = drain();
    },
    waiting: () => waiting.length + writing,
    settled: () => running,
  };
}

/** A batch on its way into the store. */
interface Writing {
  readonly batch: readonly Finished[];
  readonly groups: readonly Group[];
  readonly start: number;
  readonly turn: Turn | undefined;
}

interface Concluded {
  readonly finished: Finished;
  readonly receipt: Receipt;
  /** The receipt as it is stored, and a leaf of the log. */
  readonly bytes: Uint8Array;
  readonly leaf: Digest;
  readonly sealed: Sealed | undefined;
}

/** The receipt of a finished case, and the commitment to its output. A function of its arguments alone. */
function conclude(finished: Finished, self: Self): Concluded {
  const { sheet, place, case: number, received } = finished.job;
  const { name } = place.station;
  const sealed =
    finished.output === undefined
      ? undefined
      : commit(outputSecret(self.secret, sheet.id, name, number), fieldsOf(sheet, name, finished.output));
  const receipt: Receipt = {
    v: 1,
    sheet: sheet.id,
    case: number,
    station: name,
    in: inputsOf(finished.job),
    out: sealed === undefined ? null : toBase64url(sealed.commitment),
    status: finished.status,
    rules: place.processor.station.version,
    received,
    finished: finished.finished,
  };
  const bytes = receiptBytes(receipt);
  return { finished, receipt, bytes, leaf: leafHash(bytes), sealed };
}

/** What a case's receipt names its inputs by. */
export function inputsOf({ sheet, hop, case: number }: Job): Receipt["in"] {
  const commitment = sheet.commitments.at(number);
  if (commitment === undefined) throw new BeltError("INTERNAL", "A case is outside its sheet.");
  const inputs = new Map([...hop].map(([source, { digest }]) => [source, digest]));
  inputs.set("case", toBase64url(commitment));
  // In the order of canonical JSON, so that nobody who hashes the receipt has to sort them.
  return Object.fromEntries([...inputs].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function fieldsOf(sheet: Sheet, station: string, output: JsonObject) {
  return new Map(sheet.plan.fieldsOf(station).map((pointer) => [pointer, fieldAt(output, pointer)]));
}

/** Salts derive from the node's secret, so that the node can open its commitments later without keeping the data. */
function outputSecret(secret: Uint8Array, sheet: string, station: string, number: number): Uint8Array {
  return derive(secret, `output/${sheet}/${station}/${number}`);
}

interface Group {
  readonly sheet: Sheet;
  readonly station: string;
  readonly members: Concluded[];
}

function groupsOf(concluded: readonly Concluded[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of concluded) {
    const { sheet, place } = entry.finished.job;
    const id = `${sheet.id}/${place.station.name}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { sheet, station: place.station.name, members: [entry] });
    else group.members.push(entry);
  }
  return [...groups.values()];
}

/** What leaves with a group: an item for each case on every edge of the station. */
function departuresOf(
  { sheet, station, members }: Group,
  { placeOf, trace }: { readonly placeOf: PlaceOf; readonly trace: TraceContext | undefined },
): Departure[] {
  return sheet.plan.edgesFrom(station).map((edge) => {
    const ends = edge.to === "result";
    const to = ends ? sheet.consumer : sheet.members.get(edge.to);
    if (to === undefined) throw new BeltError("INTERNAL", `Station ${edge.to} has no member.`);
    const items = members.map(({ finished, receipt, sealed }): Item => {
      const disclosure =
        sealed === undefined ? { disclosed: [], withheld: [] } : disclose(sealed, edge.fields);
      const reason = ends && finished.reason !== undefined ? { reason: finished.reason } : {};
      return { case: receipt.case, ...disclosure, receipt, ...reason };
    });
    return { sheet: sheet.id, edge: edge.name, to, items, trace, ...(ends ? { placeOf } : {}) };
  });
}
