import { createHash } from "node:crypto";
import type {
  Belt,
  BeltDetail,
  BeltTemplate,
  Booked,
  Booking,
  Case,
  CaseEvent,
  DryRun,
  NewOffer,
  NewProduct,
  NodeOperations,
  NodeStatus,
  Offer,
  ProductBooking,
  QuarantinedCaseDetail,
  Rejection,
  Sheet,
  SheetChanged,
  Task,
  Transaction,
  UnderKey,
  WriteOptions,
  Writing,
} from "../../nodes/api/index.ts";
import { QuarantinedCase } from "../../nodes/api/index.ts";
import { backUp } from "../../nodes/backup/index.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { memoryAgreements } from "./memoryAgreements.ts";
import { type Governed, memoryGovernance } from "./memoryGovernance.ts";
import type { Agreed } from "./memoryWritings.ts";

export const hash = (text: string): string => `0x${createHash("sha256").update(text).digest("hex")}`;
export const member = `0x${"a1".repeat(20)}`;
const time = "2026-03-01T12:00:00.000Z";

export const offer: Offer = {
  offer: hash("offer"),
  member,
  memberName: "acme",
  kind: "station",
  name: "greet",
  version: "1.0.0",
  title: { en: "Greets" },
  document: hash("offer document"),
  price: "340282366920938463463374607431768211455",
  deadlineSeconds: 60,
  capacity: 1024,
  validUntil: time,
  live: true,
};

export const belt: BeltDetail = {
  belt: hash("belt"),
  name: "greeting",
  version: "2026.1",
  title: { en: "Greeting" },
  member,
  memberName: "acme",
  parent: null,
  stations: 1,
  price: "2",
  deadlineSeconds: 60,
  live: true,
  steward: member,
  stewardName: "acme",
  candidate: null,
  endorsements: 2,
  deprecated: false,
  successor: null,
  document: {
    belt: "greeting",
    version: "2026.1",
    parent: null,
    title: { en: "Greeting" },
    case: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
    stations: { greet: { offer: offer.offer, needs: { "/name": "case#/name" } } },
    result: { "/greeting": "greet#/greeting" },
  },
  offers: { greet: offer },
};

export interface MemoryNode extends NodeOperations {
  /** What `status` says, to be changed by tests. */
  state: NodeStatus;
  /** Thrown by the next operation, once. */
  failure: unknown;
  /** Ends the cases that still travel. */
  finish(): void;
  readonly answered: Map<string, unknown>;
  readonly watchers: Set<AbortSignal>;
  readonly catalogue: Offer[];
  /** What it was told of consents, connections and belts. */
  readonly agreed: Agreed[];
  /** How the consortium decides, to be changed by tests. */
  readonly governed: Governed;
  /** How every transaction gets on. */
  course: Partial<Transaction>[];
  /** To be replaced by tests. */
  withdrawOffer: NodeOperations["withdrawOffer"];
  /** The transactions that are not final yet. */
  readonly underWay: Transaction[];
  /** What was done with the sheet of the ledger. */
  readonly changed: (readonly [what: string, given: unknown])[];
}

/** The one sheet of the ledger with which something can be done. */
export const ledgerSheet = hash("sheet of the ledger");

export const transaction: Transaction = {
  what: "book",
  state: "signed",
  nonce: 4,
  hash: hash("transaction"),
  attempts: 1,
  resends: 0,
};

/** A node in memory with one belt of one station, for tests of what talks to a node. Case 1 is unprocessable. */
export function memoryNode(): MemoryNode {
  const booked = new Map<string, { sheet: Sheet; names: string[]; finished: boolean }>();
  const keyed = new Map<string, Booked>();
  const answered = new Map<string, unknown>();
  const watchers = new Set<AbortSignal>();
  const catalogue = [offer];
  const agreed: Agreed[] = [];
  const governed: Governed = {
    rules: {
      votingDelay: 86_400,
      votingPeriod: 604_800,
      executionDelay: 172_800,
      quorum: 50,
      superQuorum: 51,
    },
    state: "active",
    proposals: [],
  };
  const underWay: Transaction[] = [];
  const changed: [string, unknown][] = [];
  const wake = new Set<() => void>();
  const openTasks: Task[] = [
    {
      id: "0123-greet-0",
      sheet: hash("sheet"),
      case: 0,
      station: "greet",
      form: { question: "Who?" },
      answer: { type: "object", required: ["name"] },
      since: time,
    },
  ];

  const held = new Map<string, QuarantinedCaseDetail>(
    [3, 4].map((number) => {
      const id = `0123-greet-${number}`;
      return [
        id,
        {
          ...{ id, sheet: hash("sheet"), case: number, station: "greet", attempts: 3 },
          ...{ code: "STATION_CRASHED", reason: "The station's process ended.", since: time, until: time },
          receipt: "eyJ0eXAiOiJmYWlsdXJlIn0.e30.c2lnbmF0dXJl",
          input: { name: "Bo" },
        },
      ];
    }),
  );

  function heldCase(id: string): QuarantinedCaseDetail {
    const found = held.get(id);
    if (found === undefined)
      throw new BeltError("QUARANTINE_UNKNOWN", `No case ${id} is in quarantine.`, { at: "case" });
    return found;
  }

  function find(sheet: string) {
    const found = booked.get(sheet);
    if (found === undefined)
      throw new BeltError("NOT_FOUND", "This member booked no such sheet.", { at: sheet });
    return found;
  }

  function sheetOf({ sheet, names, finished }: ReturnType<typeof find>): Sheet {
    const unprocessable = finished && names.length > 1 ? 1 : 0;
    const [station] = sheet.stations;
    if (station === undefined) throw new Error("The sheet has a station.");
    const done = finished ? names.length - unprocessable : 0;
    return {
      ...sheet,
      state: finished ? "finished" : "travelling",
      stations: [{ ...station, done, unprocessable, open: names.length - done - unprocessable }],
    };
  }

  function caseOf({ names, finished }: ReturnType<typeof find>, number: number): Case {
    const name = names[number];
    if (name === undefined)
      throw new BeltError("NOT_FOUND", "The sheet has no such case.", { at: String(number) });
    if (!finished) return { case: number, state: "travelling", stations: { greet: { status: "open" } } };
    const at = { rules: "1.0.0", receivedAt: time, finishedAt: time };
    if (number === 1) {
      const text = "Nobody knows \u001b[31mthis\u001b[0m name.";
      return {
        case: number,
        state: "not done",
        stations: { greet: { status: "unprocessable", reason: text, ...at } },
        reason: { station: "greet", status: "unprocessable", text },
        seconds: 0.5,
      };
    }
    return {
      case: number,
      state: "done",
      result: { greeting: `Hello ${name}` },
      stations: { greet: { status: "done", ...at } },
      seconds: 0.25,
    };
  }

  function guard<A extends unknown[], R>(operation: (...given: A) => R): (...given: A) => Promise<R> {
    return async (...given) => {
      const { failure } = node;
      node.failure = undefined;
      if (failure !== undefined) throw failure;
      return operation(...given);
    };
  }

  function enter(names: string[], cost: bigint): Booked {
    const id = hash(`${booked.size} ${names.join()}`);
    const none = { done: 0, skipped: 0, unprocessable: 0, failed: 0, blocked: 0, open: 0 };
    const sheet: Sheet = {
      sheet: id,
      belt: { id: belt.belt, name: belt.name, version: belt.version, title: belt.title },
      count: names.length,
      bookedAt: time,
      deadline: time,
      state: "travelling",
      stations: [{ station: "greet", member, memberName: "acme", ...none }],
    };
    booked.set(id, { sheet, names, finished: false });
    return {
      sheet: id,
      belt: belt.belt,
      count: names.length,
      cost: String(cost),
      deadline: time,
      transaction: hash("transaction"),
    };
  }

  /** A writing of one transaction: `check` refuses, or gives what the writing does. */
  function writes<Given, Answer>(
    what: string,
    check: (given: Given) => { readonly escrow?: bigint; readonly act: () => Answer },
  ): Writing<Given, Answer> {
    const checked = guard(check);
    const write = async (given: Given, { onTransaction }: WriteOptions = {}): Promise<Answer> => {
      const { act } = await checked(given);
      for (const step of node.course) onTransaction?.({ ...transaction, what, ...step });
      return act();
    };
    const dryRun = async (given: Given): Promise<DryRun> => {
      const { escrow = 0n } = await checked(given);
      const gas = { gas: "50000", fee: "100000" };
      return { transactions: [{ what, already: false, ...gas }], escrow: String(escrow) };
    };
    return Object.assign(write, { dryRun });
  }

  /** A writing about a sheet of the ledger, of which there is one; what it was asked is kept. */
  function changes<Given extends { readonly sheet: string }>(what: string): Writing<Given, SheetChanged> {
    return writes(what, (given) => {
      if (!ledgerSheet.startsWith(given.sheet))
        throw new BeltError("NOT_FOUND", `There is no sheet ${given.sheet} on the ledger.`, { at: "/sheet" });
      return {
        act() {
          changed.push([what, given]);
          return { sheet: ledgerSheet, transaction: hash("transaction") };
        },
      };
    });
  }

  const { document: _, offers: __, ...summary } = belt;
  const node: MemoryNode = {
    state: {
      member,
      name: "acme",
      url: "http://127.0.0.1:7400",
      version: "0.1.0",
      ledger: {
        url: "http://127.0.0.1:8545",
        chainId: 31_337,
        directory: `0x${"d1".repeat(20)}`,
        block: 7,
        state: "following",
      },
      ready: true,
      reasons: [],
      stations: [{ name: "greet", version: "1.0.0", kind: "function", offer: offer.offer }],
      limits: { concurrency: 32 },
    },
    failure: undefined,
    answered,
    watchers,
    catalogue,
    agreed,
    governed,
    ...memoryAgreements(agreed, { transaction: hash("transaction"), writes }),
    ...memoryGovernance(agreed, governed, { transaction: hash("transaction"), writes }),
    course: [
      { state: "signed" },
      { state: "sent" },
      { state: "mined", block: 7 },
      { state: "final", block: 7 },
    ],
    underWay,
    changed,
    finish() {
      for (const each of booked.values()) each.finished = true;
      for (const each of wake) each();
    },
    status: guard(() => node.state),
    async *backup() {
      const store = new MemoryStore();
      await store.batch([{ type: "put", key: "document/1", value: Buffer.from("{}") }]);
      yield* backUp(store, { member: node.state.member, at: 1_772_366_400_000, program: node.state.version });
    },
    transactions: guard(() => [...underWay]),
    book: writes("book", ({ belt: name, cases, maxCost = 1_000_000, key }: UnderKey<Booking>) => {
      if (![belt.belt, belt.name, `${belt.name}@${belt.version}`].includes(name)) {
        throw new BeltError("NOT_FOUND", `There is no belt ${name}.`, { at: "/belt" });
      }
      const names = cases.map(({ name: given }, index) => {
        if (typeof given === "string") return given;
        throw new BeltError("CASE_INVALID", "The case's name must be text.", { at: `/cases/${index}/name` });
      });
      const cost = BigInt(names.length) * 2n;
      if (cost > BigInt(maxCost))
        throw new BeltError("OVERLOADED", "The booking costs too much.", { retryAfter: 7 });
      const act = (): Booked => {
        const made = keyed.get(key ?? "") ?? enter(names, cost);
        if (key !== undefined) keyed.set(key, made);
        return made;
      };
      return { escrow: cost, act };
    }),
    bookProduct: writes("book", (given: ProductBooking) => {
      const found = catalogue.find((each) => each.offer === given.offer);
      if (found?.kind !== "product")
        throw new BeltError("NOT_FOUND", "There is no such product.", { at: "/offer" });
      const cost = BigInt(found.price) * BigInt(given.days * given.units);
      const { maxCost: _, ...what } = given;
      const sheet = hash(JSON.stringify(given));
      const act = () => ({
        ...what,
        sheet,
        cost: String(cost),
        deadline: time,
        transaction: hash("transaction"),
      });
      return { escrow: cost, act };
    }),
    cancelSheet: changes("cancel the sheet"),
    declineStation: changes("decline the rest"),
    deliver: changes("report"),
    acceptReports: changes("accept the report"),
    disputeCases: changes("dispute the cases"),
    resolveDispute: changes("decide the dispute"),
    sheets: guard(() => [...booked.values()].map(sheetOf).toReversed()),
    sheet: guard((id: string) => sheetOf(find(id))),
    cases: guard((id: string) => {
      const found = find(id);
      return found.names.map((_name, number) => caseOf(found, number));
    }),
    case: guard((id: string, number: number) => caseOf(find(id), number)),
    async *watch(id, signal): AsyncGenerator<CaseEvent> {
      watchers.add(signal);
      signal.addEventListener("abort", () => watchers.delete(signal));
      const found = find(id);
      yield { case: 0, station: "greet", status: "open", at: time };
      while (!found.finished && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      if (signal.aborted) return;
      const { failure } = node;
      node.failure = undefined;
      if (failure !== undefined) throw failure;
      for (const [number] of found.names.entries()) {
        const [{ status } = { status: "open" as const }] = Object.values(caseOf(found, number).stations);
        yield { case: number, station: "greet", status, at: time };
      }
    },
    tasks: guard(() => openTasks),
    completeTask: guard((id: string, answer: Task["form"]) => {
      const index = openTasks.findIndex((task) => task.id === id);
      if (index < 0) throw new BeltError("TASK_UNKNOWN", `There is no open task ${id}.`);
      if (!("name" in answer))
        throw new BeltError("INPUT_INVALID", "The answer has no name.", { at: "/answer/name" });
      openTasks.splice(index, 1);
      answered.set(id, answer);
    }),
    quarantine: guard(() => [...held.values()].map((each) => QuarantinedCase.parse(each))),
    quarantined: guard((id: string) => heldCase(id)),
    retryQuarantined: guard((id: string) => {
      heldCase(id);
      held.delete(id);
      answered.set(id, "retried");
    }),
    rejectQuarantined: guard((id: string, { reason }: Rejection) => {
      heldCase(id);
      held.delete(id);
      answered.set(id, reason ?? "rejected");
    }),
    offers: guard(({ mine }: { readonly mine: boolean }) =>
      mine ? catalogue.filter((each) => each.member === member) : catalogue,
    ),
    offer: guard((id: string) => {
      const found = catalogue.find((each) => each.offer === id);
      if (found === undefined) throw new BeltError("NOT_FOUND", "There is no such offer.", { at: id });
      return { ...found, input: { type: "object" }, output: { type: "object" } };
    }),
    publishOffer: writes("publish the offer", (given: NewOffer) => {
      if (given.station !== "greet")
        throw new BeltError("NOT_FOUND", "This node runs no such station.", { at: "/station" });
      const id = hash(JSON.stringify(given));
      return {
        act() {
          catalogue.push({ ...offer, offer: id, price: String(given.price), capacity: given.capacity });
          return { offer: id, document: offer.document, transaction: hash("transaction") };
        },
      };
    }),
    publishProduct: writes("publish the offer", ({ document, price, units }: NewProduct) => {
      const former = catalogue.findLast((each) => each.name === document.offer);
      const id = hash(JSON.stringify(document));
      return {
        act() {
          const { offer: name, version, title } = document;
          const product = { ...offer, offer: id, kind: "product" as const, name, version, title };
          catalogue.push({ ...product, price: String(price), capacity: units });
          const published = { offer: id, document: offer.document, transaction: hash("transaction") };
          return { ...published, ...(former && { supersedes: former.offer }) };
        },
      };
    }),
    withdrawOffer: writes("withdraw the offer", (id: string) => {
      const index = catalogue.findIndex((each) => each.offer === id);
      if (index < 0) throw new BeltError("NOT_FOUND", "There is no such offer.", { at: id });
      return {
        act() {
          catalogue.splice(index, 1);
          return { offer: id, transaction: hash("transaction") };
        },
      };
    }),
    belts: guard((): Belt[] => [summary]),
    belt: guard((name: string) => {
      if ([belt.belt, belt.name, `${belt.name}@${belt.version}`].includes(name)) return belt;
      throw new BeltError("NOT_FOUND", `There is no belt ${name}.`, { at: name });
    }),
    checkBelt: guard((template) => {
      const unknown = Object.entries(template.stations).find(([, place]) => place.offer === "unknown");
      if (unknown === undefined) return { findings: [], price: "2", deadlineSeconds: 60 };
      const at = `/stations/${unknown[0]}/offer`;
      return { findings: [{ code: "BELT_OFFER_UNAVAILABLE", sentence: "No member offers unknown.", at }] };
    }),
    publishBelt: writes("publish the belt", (template: BeltTemplate) => ({
      act: () => ({ belt: hash(JSON.stringify(template)), transaction: hash("transaction") }),
    })),
  };
  return node;
}
