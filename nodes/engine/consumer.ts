import type { Plan } from "../../pipeline/belt/index.ts";
import type { RandomBytes } from "../../pipeline/bytes.ts";
import { disclose, type Sealed } from "../../pipeline/disclosure/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Item, TraceContext } from "../../pipeline/tray/index.ts";
import type { SubmitOptions } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";
import { type BookKept, createBookKept, notBooked } from "./booking.ts";
import type { CaseStore, OwnSheet } from "./caseStore.ts";
import { type Departure, sealDepartures } from "./departures.ts";
import type { Documents } from "./documents.ts";
import type { Outbox } from "./outbox.ts";
import type { Clock, Ledger, Self } from "./ports.ts";
import { type BookingRequest, createPrepare, sealCase } from "./preparation.ts";
import { Recent } from "./recent.ts";
import { createRests } from "./rests.ts";
import { manifestKey, type Sheet, type Sheets } from "./sheets.ts";
import type { Signals } from "./signals.ts";
import type { BeginTrace } from "./tracing.ts";
import type { TrayNumbers } from "./trayNumbers.ts";

/** Books sheets and sends their cases off: the consumer's side of a belt. */
export interface Consumer {
  /**
   * Keeps the cases, books the sheet, and gives it once the booking is on the ledger.
   *
   * @throws {BeltError} `CASE_INVALID` with the place, such as `/cases/3/loan`; nothing is kept or booked then
   */
  book(request: BookingRequest, options?: SubmitOptions): Promise<OwnSheet>;
  /**
   * Goes on with the booking of a sheet that is kept; resolves once it is on the ledger.
   *
   * @throws {BeltError} `SHEET_NOT_BOOKED` when it never will be, and is taken back; what keeps the node from the ledger
   */
  resume(own: OwnSheet, options?: SubmitOptions): Promise<void>;
  /** The sheet as it would be booked, checked like it; nothing is kept. Throws like `book`. */
  plan(request: BookingRequest): Promise<OwnSheet>;
  /**
   * Sends off what is booked and has not left, and books again what the ledger does not have; takes back what it will
   * never have. Never rejects: what fails is tried again.
   */
  proceed(): Promise<void>;
}

/** Milliseconds after which what failed without a sheet is tried again. */
const rest = 5_000;

export interface ConsumerParts {
  readonly store: Store;
  readonly cases: CaseStore;
  readonly ledger: Ledger;
  readonly self: Self;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly jitter: () => number;
  readonly signals: Signals;
  readonly documents: Documents;
  readonly sheets: Sheets;
  readonly numbers: TrayNumbers;
  readonly outbox: Outbox;
  readonly signal: AbortSignal;
  readonly tracing: BeginTrace | undefined;
}

/** Sheets whose sealed cases stay in memory between their booking and their leaving. */
const mostFresh = 16;

export function createConsumer(parts: ConsumerParts): Consumer {
  const { store, cases, ledger, self, clock, random, signals, sheets, numbers, outbox, signal, tracing } =
    parts;
  const bookKept = createBookKept(parts);
  const prepare = createPrepare(parts);
  const rests = createRests({ clock, signals, random: parts.jitter, signal });
  // What was sealed to be booked leaves as it is, unless the process or the memory for it ended in between.
  const fresh = new Recent<readonly Sealed[]>(mostFresh);
  // Sheets whose booking or sending off is under way: no two calls do it at the same time.
  const underWay = new Map<string, Promise<void>>();
  /** When what failed is tried again, in milliseconds since 1970. */
  let next = Number.POSITIVE_INFINITY;
  /** How many sheets this process has kept, and how many when it last found none that waits: no news concerns it. */
  let [kept, idleSince] = [0, -1];

  async function book(request: BookingRequest, options?: SubmitOptions): Promise<OwnSheet> {
    const { own, values, keys, sealed, commitments } = await prepare(request);
    fresh.set(own.sheet, sealed);
    const refusal = await inTurn(own.sheet, async () => {
      await store
        .batch([
          { type: "put", key: manifestKey(own.root), value: Buffer.concat(commitments) },
          ...cases.keep(own, values, keys),
          ...(request.alongside === undefined ? [] : [request.alongside(own)]),
        ])
        .finally(() => kept++);
      return bookKept(own, { awaited: true, options });
    }).catch((problem: unknown) => {
      // What is not taken back is tried again.
      again(clock.now() + rest);
      throw problem;
    });
    if (refusal !== undefined) {
      fresh.delete(own.sheet);
      throw refusal;
    }
    await proceed();
    return own;
  }

  async function inTurn<T>(sheet: string, action: () => Promise<T>): Promise<T> {
    for (let other = underWay.get(sheet); other !== undefined; other = underWay.get(sheet)) await other;
    const over = Promise.withResolvers<void>();
    underWay.set(sheet, over.promise);
    try {
      return await action();
    } finally {
      underWay.delete(sheet);
      over.resolve();
    }
  }

  async function proceed(): Promise<void> {
    // Nothing can be booked on a ledger that is not followed any more.
    if (ledger.trouble()?.lasting) return again(clock.now() + rest);
    const before = kept;
    if (idleSince === before) return;
    try {
      let isIdle = true;
      for await (const own of cases.waiting()) {
        isIdle = false;
        const time = await proceedWith(own);
        if (time !== undefined) again(time);
      }
      if (isIdle) idleSince = before;
    } catch (problem) {
      if (signal.aborted) return;
      signals.emit("trouble", { what: "look for sheets to book and send off", problem });
      again(clock.now() + rest);
    }
  }

  /** Gives when to try it again, where it failed. */
  async function proceedWith(own: OwnSheet): Promise<number | undefined> {
    const { sheet } = own;
    if (underWay.has(sheet) || signal.aborted) return undefined;
    // A refused booking that is on the ledger after all keeps nothing from leaving.
    const what = `${ledger.sheet(sheet) === undefined ? "book" : "send off"} sheet ${sheet}`;
    const attempt = async (): Promise<undefined> => {
      // It may have left since it was found to wait.
      if ((await cases.sheet(sheet))?.left !== null) return;
      if ((await bookAgain(own, { awaited: false })) === undefined) await sendOff(own);
      rests.forget(sheet);
    };
    return inTurn(sheet, () => rests.attempt(sheet, what, attempt));
  }

  /** Books what was kept, and may have been refused or not; gives why when it is taken back. */
  async function bookAgain(own: OwnSheet, how: Parameters<BookKept>[1]): Promise<BeltError | undefined> {
    if (ledger.sheet(own.sheet) !== undefined) return undefined;
    const problem = await bookKept(own, how);
    if (problem === undefined) return undefined;
    fresh.delete(own.sheet);
    const refusal = notBooked(own, problem);
    signals.emit("notBooked", { sheet: own.sheet, problem: refusal });
    return refusal;
  }

  async function resume(own: OwnSheet, options?: SubmitOptions): Promise<void> {
    await inTurn(own.sheet, async () => {
      const isKept = (await cases.sheet(own.sheet)) !== undefined;
      const refusal = isKept ? await bookAgain(own, { awaited: true, options }) : notBooked(own);
      if (refusal !== undefined) throw refusal;
    });
    rests.forget(own.sheet);
    await proceed();
  }

  /** What failed is tried again, also when there is no news of the ledger until then. */
  function again(time: number): void {
    if (time >= next || signal.aborted) return;
    next = time;
    void clock.sleep(Math.max(0, time - clock.now()), signal).then(() => {
      if (next !== time) return;
      next = Number.POSITIVE_INFINITY;
      return proceed();
    });
  }

  async function sendOff(own: OwnSheet): Promise<void> {
    const sheet = await sheets.open(own.sheet, [], signal);
    const sealed = fresh.get(own.sheet) ?? (await sealAgain(own, sheet.plan));
    fresh.delete(own.sheet);
    const numbered = numbers.begin();
    const trace = tracing?.([]);
    const departures = departuresOf(sheet, sealed, trace?.context);
    const trays = await sealDepartures(departures, { ledger, self, random, numbered, tracing });
    await store.batch([...outbox.changes(trays), ...numbered.changes(), ...cases.keepLeft(own, clock.now())]);
    numbered.commit();
    outbox.send(trays);
    signals.emit("left", { sheet: own.sheet, cases: own.count, since: own.handedIn, trace });
  }

  async function sealAgain({ sheet, count }: OwnSheet, plan: Plan): Promise<readonly Sealed[]> {
    const sealed: Sealed[] = [];
    for await (const { number, key, value } of cases.cases(sheet))
      sealed[number] = sealCase(plan, value, key);
    if (Object.keys(sealed).length === count) return sealed;
    throw new BeltError("NOT_FOUND", `A case of sheet ${sheet} is not here, or was erased.`);
  }

  return { book, resume, plan: async (request) => (await prepare(request)).own, proceed };
}

/** What leaves when a sheet is sent off: an item for each case on every edge that leaves the case. */
function departuresOf(sheet: Sheet, sealed: readonly Sealed[], trace: TraceContext | undefined): Departure[] {
  return sheet.plan.edgesFrom("case").map(({ name: edge, to: station, fields }) => {
    const to = sheet.members.get(station);
    if (to === undefined) throw new BeltError("INTERNAL", `Station ${station} has no member.`);
    const items = sealed.map((entry, number): Item => ({ case: number, ...disclose(entry, fields) }));
    return { sheet: sheet.id, edge, to, items, trace };
  });
}
