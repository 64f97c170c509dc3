import { z } from "zod";
import { type RandomBytes, utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { HashText } from "../../pipeline/index/index.ts";
import { canonical, type Json, type JsonObject } from "../../pipeline/json.ts";
import { Receipt } from "../../pipeline/receipt/index.ts";
import { type Change, key, openAtRest, type Store, sealAtRest } from "../store/index.ts";
import { ByCase } from "./byCase.ts";
import { Recent } from "./recent.ts";
import { readTold, type Told, writeTold } from "./toldRecord.ts";

/** A sheet that this node's member booked. */
export const OwnSheet = z.strictObject({
  sheet: HashText,
  belt: HashText,
  root: HashText,
  count: z.int(),
  /** Seconds since 1970. */
  deadline: z.int(),
  maxCost: z.string(),
  /** When the cases were handed in, and when their first trays left; milliseconds since 1970. */
  handedIn: z.int(),
  left: z.int().nullable(),
});
export type OwnSheet = z.infer<typeof OwnSheet>;

/** What the consumer keeps of one station and case. */
export interface Outcome {
  readonly receipt: Receipt;
  readonly reason: string | undefined;
  /** The fields of the station that the result takes, by pointer. */
  readonly fields: ReadonlyMap<string, Json>;
}

/** An outcome as it came in. */
export interface ToldOutcome extends Outcome {
  /** The receipt as it is a leaf of the station's log. */
  readonly leaf: Uint8Array;
}

/** The tray on which a station told the consumer of cases. */
export interface ToldOn {
  readonly sheet: string;
  readonly station: string;
  readonly tray: number;
}

/** A case of this node's member, with the key that seals it. */
export interface OwnCase {
  readonly number: number;
  readonly key: Uint8Array;
  readonly value: JsonObject;
}

const Data = z.record(z.string(), z.custom<Json>());
const Secrets = z.strictObject({
  reason: z.string().optional(),
  fields: z.record(z.string(), z.custom<Json>()),
});

/**
 * The consumer's own cases in the store. Each case has a key of its own; case, reasons and results are sealed with
 * it, so that erasing a case is destroying its key.
 */
export interface CaseStore {
  /** The changes that keep a sheet with its cases and their keys. */
  keep(own: OwnSheet, cases: readonly JsonObject[], keys: readonly Uint8Array[]): Change[];
  /** The changes that keep that a sheet's cases have left. */
  keepLeft(own: OwnSheet, left: number): Change[];
  /** The changes that take a sheet back that was never booked. */
  takeBack(own: OwnSheet): Change[];
  sheets(): AsyncIterable<OwnSheet>;
  /** The sheets whose cases have not left. */
  waiting(): AsyncIterable<OwnSheet>;
  sheet(id: string): Promise<OwnSheet | undefined>;
  /** The cases of a sheet with their keys, in their order; an erased one is left out. */
  cases(sheet: string): AsyncIterable<OwnCase>;
  /**
   * The change that keeps what a station said of cases on one tray.
   *
   * @throws {BeltError} `NOT_FOUND` when there is something to seal and the case was erased
   */
  keepOutcomes(tray: ToldOn, outcomes: readonly ToldOutcome[]): Promise<Change>;
  outcomes(sheet: string): AsyncIterable<Outcome>;
  receipts(sheet: string): AsyncIterable<Receipt>;
  /** Forgets what memory has of a sheet: it is read again should it be asked for. */
  forget(sheet: string): void;
}

const waitingKey = (sheet: string): string => key("leaving", sheet);
const sheetKey = (sheet: string): string => key("own", sheet);
const caseKeyKey = (sheet: string, number: number): string => key("casekey", sheet, number);
const caseDataKey = (sheet: string, number: number): string => key("case", sheet, number);
/** The case's number at the end of its key. */
const numberOf = (at: string): number => Number(at.slice(at.lastIndexOf("/") + 1));
const toldKey = ({ sheet, station, tray }: ToldOn): string => key("told", sheet, station, tray);

const nothing = new Uint8Array();

/** Sheets whose cases' keys stay in memory while outcomes come in. */
const mostSheets = 128;

export function createCaseStore({
  store,
  random,
}: {
  readonly store: Store;
  readonly random: RandomBytes;
}): CaseStore {
  const keepSheet = (own: OwnSheet): Change => ({
    type: "put",
    key: sheetKey(own.sheet),
    value: utf8(canonical(own)),
  });

  const keysOf = new Recent<Promise<ByCase>>(mostSheets);

  async function readKeys(sheet: string): Promise<ByCase> {
    const keys = new ByCase();
    for await (const [at, value] of store.entries({ prefix: `${key("casekey", sheet)}/` })) {
      keys.set(numberOf(at), value);
    }
    return keys;
  }

  async function caseKey(sheet: string, number: number): Promise<Uint8Array> {
    const found = (await Recent.remember(keysOf, sheet, () => readKeys(sheet))).get(number);
    if (found === undefined) {
      throw new BeltError("NOT_FOUND", `Case ${number} of sheet ${sheet} is not here, or was erased.`);
    }
    return found;
  }

  async function sheet(id: string): Promise<OwnSheet | undefined> {
    const value = await store.get(sheetKey(id));
    return value === undefined ? undefined : OwnSheet.parse(json(value));
  }

  async function* told(sheet: string): AsyncIterable<{ at: string; receipt: Receipt; secrets: Uint8Array }> {
    for await (const [at, record] of store.entries({ prefix: `${key("told", sheet)}/` })) {
      for (const { receipt, secrets } of readTold(record)) {
        yield { at, receipt: Receipt.parse(json(receipt)), secrets };
      }
    }
  }

  async function tell({ receipt, leaf, reason, fields }: ToldOutcome): Promise<Told> {
    if (reason === undefined && fields.size === 0) return { receipt: leaf, secrets: nothing };
    // The receipt holds no data and stays readable when the case is erased; the rest goes with its key.
    const words = { ...(reason === undefined ? {} : { reason }), fields: Object.fromEntries(fields) };
    const secret = await caseKey(receipt.sheet, receipt.case);
    return { receipt: leaf, secrets: sealAtRest(secret, utf8(canonical(words)), random) };
  }

  return {
    keepLeft: (own, left) => [keepSheet({ ...own, left }), { type: "del", key: waitingKey(own.sheet) }],
    keep: (own, cases, keys) => [
      keepSheet(own),
      { type: "put", key: waitingKey(own.sheet), value: new Uint8Array() },
      ...cases.flatMap((value, number): Change[] => {
        const secret = keys[number];
        if (secret === undefined) throw new RangeError("Every case has a key.");
        const sealed = sealAtRest(secret, utf8(canonical(value)), random);
        return [
          { type: "put", key: caseKeyKey(own.sheet, number), value: secret },
          { type: "put", key: caseDataKey(own.sheet, number), value: sealed },
        ];
      }),
    ],
    takeBack: ({ sheet, count }) => [
      { type: "del", key: sheetKey(sheet) },
      { type: "del", key: waitingKey(sheet) },
      ...Array.from({ length: count }, (_, number): Change[] => [
        { type: "del", key: caseKeyKey(sheet, number) },
        { type: "del", key: caseDataKey(sheet, number) },
      ]).flat(),
    ],
    async *sheets() {
      for await (const [, value] of store.entries({ prefix: "own/" })) yield OwnSheet.parse(json(value));
    },
    sheet,
    async *waiting() {
      for await (const at of store.keys({ prefix: "leaving/" })) {
        const own = await sheet(at.slice(at.indexOf("/") + 1));
        if (own !== undefined) yield own;
      }
    },
    async *cases(sheet) {
      const keys = await readKeys(sheet);
      for await (const [at, sealed] of store.entries({ prefix: `${key("case", sheet)}/` })) {
        const number = numberOf(at);
        const secret = keys.get(number);
        if (secret === undefined) continue;
        yield { number, key: secret, value: Data.parse(json(openAtRest(secret, sealed, at))) };
      }
    },
    async keepOutcomes(tray, outcomes) {
      const all = [];
      for (const outcome of outcomes) all.push(await tell(outcome));
      return { type: "put", key: toldKey(tray), value: writeTold(all) };
    },
    async *outcomes(sheet) {
      let keys: ByCase | undefined;
      for await (const { at, receipt, secrets } of told(sheet)) {
        // Read anew, not from memory: a key that was destroyed opens nothing.
        if (secrets.length > 0) keys ??= await readKeys(sheet);
        const secret = secrets.length > 0 ? keys?.get(receipt.case) : undefined;
        if (secret === undefined) {
          yield { receipt, reason: undefined, fields: new Map() };
          continue;
        }
        const { reason, fields } = Secrets.parse(json(openAtRest(secret, secrets, at)));
        yield { receipt, reason, fields: new Map(Object.entries(fields)) };
      }
    },
    async *receipts(sheet) {
      for await (const { receipt } of told(sheet)) yield receipt;
    },
    forget: (sheet) => keysOf.delete(sheet),
  };
}

const json = (bytes: Uint8Array): unknown =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
