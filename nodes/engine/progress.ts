import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { canonical } from "../../pipeline/json.ts";
import {
  CaseNumber,
  type Receipt,
  Receipt as ReceiptSchema,
  type Status,
} from "../../pipeline/receipt/index.ts";
import { type Change, key, type Store } from "../store/index.ts";

/** Which cases of a sheet one of this node's stations has ended: what its receipts say. */
export interface Progress {
  /** Reads the receipts of one station and sheet, once. */
  open(sheet: string, station: string): Promise<Ended>;
  /** Whether this node has ended a case of the sheet at any station. */
  begun(sheet: string): Promise<boolean>;
  /** Forgets a sheet that is closed, or one of its stations whose cases have all ended and are written. */
  forget(sheet: string, station?: string): void;
}

/** The cases that ended, in memory as well as those not written down yet. */
export interface Ended {
  has(number: number): boolean;
  /** Marks a case as ended, so that nothing that arrives from now on starts it again. */
  mark(number: number, status: Status): void;
  /** Marks a case's receipt as written: only these count towards the report. */
  written(number: number): void;
  /** How many receipts are written. */
  size(): number;
  /** The written cases that did not end as done. */
  exceptions(): ReadonlyMap<number, Status>;
}

export const receiptKey = (sheet: string, station: string, number: number): string =>
  key("receipt", sheet, station, number);

const forgoneKey = (sheet: string, station: string): string => key("forgone", sheet, station);
const forgoneSheetKey = (sheet: string): string => key("forgone", sheet);
const Forgone = z.array(CaseNumber);

/** The cases that a station of this node must not work on: a receipt of them was given, and is lost here. */
export async function forgoneOf(
  store: Pick<Store, "get">,
  sheet: string,
  station: string,
): Promise<readonly number[]> {
  const bytes = await store.get(forgoneKey(sheet, station));
  return bytes === undefined ? [] : Forgone.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

/** The change that keeps them. */
export const keepForgone = (sheet: string, station: string, cases: readonly number[]): Change => ({
  type: "put",
  key: forgoneKey(sheet, station),
  value: utf8(canonical([...cases])),
});

/** The change that keeps that no case of a sheet is to be worked on. */
export const keepForgoneSheet = (sheet: string): Change => ({
  type: "put",
  key: forgoneSheetKey(sheet),
  value: new Uint8Array(),
});

/** The change that keeps a receipt of this node. */
export const keepReceipt = (receipt: Receipt, bytes: Uint8Array): Change => ({
  type: "put",
  key: receiptKey(receipt.sheet, receipt.station, receipt.case),
  value: bytes,
});

/** This node's receipts of a sheet, of one station or of all of them. */
export async function* receiptsOf(store: Store, sheet: string, station?: string): AsyncIterable<Receipt> {
  const prefix = station === undefined ? `${key("receipt", sheet)}/` : `${key("receipt", sheet, station)}/`;
  for await (const [, bytes] of store.entries({ prefix })) {
    yield ReceiptSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  }
}

export function createProgress(store: Store): Progress {
  const known = new Map<string, Map<string, Promise<Ended>>>();

  async function load(sheet: string, station: string): Promise<Ended> {
    const ended = new Map<number, Status>();
    const written = new Set<number>();
    for await (const receipt of receiptsOf(store, sheet, station)) {
      ended.set(receipt.case, receipt.status);
      written.add(receipt.case);
    }
    const forgone = new Set(await forgoneOf(store, sheet, station));
    const nothing = (await store.get(forgoneSheetKey(sheet))) !== undefined;
    return {
      has: (number) => nothing || ended.has(number) || forgone.has(number),
      mark: (number, status) => void ended.set(number, status),
      written: (number) => void written.add(number),
      size: () => written.size,
      exceptions() {
        const exceptions = [...ended].filter(([number, status]) => status !== "done" && written.has(number));
        return new Map(exceptions.sort(([a], [b]) => a - b));
      },
    };
  }

  return {
    open(sheet, station) {
      let stations = known.get(sheet);
      if (stations === undefined) {
        stations = new Map();
        known.set(sheet, stations);
      }
      let ended = stations.get(station);
      if (ended === undefined) {
        ended = load(sheet, station);
        stations.set(station, ended);
        ended.catch(() => stations?.delete(station));
      }
      return ended;
    },
    async begun(sheet) {
      for await (const _ of store.keys({ prefix: `${key("receipt", sheet)}/`, limit: 1 })) return true;
      return false;
    },
    forget(sheet, station) {
      const stations = known.get(sheet);
      if (station !== undefined) stations?.delete(station);
      if (station === undefined || stations?.size === 0) known.delete(sheet);
    },
  };
}
