import { createHash } from "node:crypto";
import { type BeltDocument, documentHash, planBelt } from "../../pipeline/belt/index.ts";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import { canonical } from "../../pipeline/json.ts";
import { openTray } from "../../pipeline/tray/index.ts";
import { Acknowledgement } from "../../pipeline/tray/tray.ts";
import type { Disk } from "./disk.ts";
import { lostTrays } from "./invariants.ts";
import { Journal } from "./journal.ts";
import { SimulatedLedger } from "./ledger.ts";
import type { Market } from "./ledgerState.ts";
import { byName, bySigningKey, type Member, membersOf, mostMembers } from "./members.ts";
import type { MemberWorker } from "./memberWorker.ts";
import { Network } from "./network.ts";
import { SimulatedNode } from "./node.ts";
import { Random } from "./random.ts";
import { restoredMark } from "./restoring.ts";
import type { BeltPlan, BookingPlan, Fault, Scenario } from "./scenario.ts";
import { type Kind, kinds, processorOf } from "./stations.ts";
import { Time } from "./time.ts";

/** What a run may be told besides its scenario. */
export interface RunOptions {
  /** Sees every line of the run's log as it comes. */
  readonly watch?: (line: string) => void;
  /** Has disks say that they have written before they have: see `Disk`. */
  readonly disksLie?: boolean;
}

/** A booked sheet as its consumer handed it in. */
export interface HandedIn {
  readonly sheet: string;
  readonly booking: BookingPlan;
}

/** A tray whose receiver acknowledged it. */
export interface AcknowledgedTray extends Acknowledgement {
  readonly to: string;
}

const start = Date.UTC(2026, 0, 5, 9);
const day = 24 * 3_600_000;
/** A run that has not come to rest by then never will. */
const latest = start + 3 * day;
/** A node has so many events at most, and with several workers, which look for each other all the time, more. */
const mostEvents = { alone: 400_000, shared: 3_000_000 };

/** One run: a consortium in simulated time, with everything that goes wrong. */
export class Simulation {
  readonly scenario: Scenario;
  readonly time = new Time(start);
  readonly journal = new Journal();
  readonly members: readonly Member[];
  readonly nodes: readonly SimulatedNode[];
  readonly ledger: SimulatedLedger;
  readonly belts: readonly {
    readonly hash: Hash;
    readonly document: BeltDocument;
    readonly plan: BeltPlan;
  }[];
  readonly handedIn: HandedIn[] = [];
  readonly acknowledged: AcknowledgedTray[] = [];
  /** What was seen to be wrong while it ran. */
  readonly defects: string[] = [];
  readonly log: string[] = [];
  readonly #digest = createHash("sha256");
  readonly #random: Random;
  readonly #watch: ((line: string) => void) | undefined;
  readonly #cuts = new Set<Extract<Fault, { kind: "cut" }>>();
  readonly #ledgerCuts = new Set<Extract<Fault, { kind: "no ledger" }>>();
  #bookings: number;
  #faults = 0;
  #over = false;

  constructor(scenario: Scenario, { watch, disksLie = false }: RunOptions = {}) {
    this.scenario = scenario;
    this.#watch = watch;
    this.#random = new Random(`run ${scenario.seed}`);
    const { time, journal } = this;
    this.members = membersOf(mostMembers).filter(({ name }) =>
      scenario.nodes.some((node) => node.name === name),
    );
    const parts = { time, random: this.#random, journal, keptSince: () => undefined };
    const contracts = new Map(kinds.map((kind) => [kind, processorOf(kind, parts)]));
    const offerOf = (
      reference: string,
    ): { readonly id: Hash; readonly member: string; readonly document: Hash } => {
      const [name = "", kind = "sum"] = reference.split("/");
      const document = contracts.get(kind as Kind)?.document ?? "0x";
      const member = byName(this.members, name).address;
      return { id: documentHash([member, document]), member, document };
    };
    this.belts = scenario.belts.map((plan) => {
      const stations = Object.fromEntries(
        Object.entries(plan.stations).map(([name, place]) => [
          name,
          { ...place, offer: offerOf(place.offer).id },
        ]),
      );
      const document = { ...beltFrame, ...plan, stations, title: { en: plan.belt } };
      return { hash: documentHash(document), document, plan };
    });
    this.ledger = new SimulatedLedger({
      time,
      random: this.#random.of("ledger"),
      market: marketOf(scenario, this.belts, offerOf),
      habits: { reachable: (member) => this.#reachesLedger(member) },
    });
    const network = new Network({
      time,
      random: this.#random.of("network"),
      weather: { ...scenario.network, cut: (from, to) => this.#isCut(from, to) },
      host: (url) => ({ ...this.node(url).host(), babbles: this.node(url).babbles }),
      acknowledged: (to, text) => this.acknowledged.push({ to, ...acknowledgedIn(text) }),
      passing: (to, tray) => this.#inspect(to, tray),
    });
    this.nodes = scenario.nodes.map(
      (plan) =>
        new SimulatedNode({
          ...{ plan, time, journal, network, members: this.members, ledger: this.ledger },
          random: this.#random.of(plan.name),
          disksLie,
          fails: (use) => this.#fails(plan.name, use),
          passing: (node) => this.#pass(node),
          says: (what) => this.#say(what),
          died: (node) => this.defects.push(...lostTrays(this, node)),
        }),
    );
    this.#bookings = scenario.bookings.length;
  }

  node(name: string): SimulatedNode {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** Says that two runs were the same, step by step. */
  get digest(): string {
    return this.#digest.copy().digest("hex");
  }

  /** Runs until everything has come to rest; gives what then is wrong with that alone. */
  async run(): Promise<void> {
    const { time, scenario, nodes } = this;
    for (const node of nodes) {
      for (const { hash, document } of this.belts)
        node.disk.put(`document/${hash}`, utf8(canonical(document)));
      node.start();
      this.#attend(node);
      this.#operate(node);
    }
    for (const booking of scenario.bookings) time.after(booking.at, () => this.#book(booking));
    for (const fault of scenario.faults) this.#plan(fault);
    let rests = false;
    const look = (): void => {
      rests = this.unrest().length === 0;
      if (!rests) time.after(Math.min(60_000, 1_000 + (time.now - start) / 20), look);
    };
    look();
    const most = nodes.some(({ workers }) => workers.length > 1) ? mostEvents.shared : mostEvents.alone;
    await time.run(() => rests || this.defects.length > 0 || time.events > most, latest);
    this.defects.push(...this.journal.defects);
    for (const node of nodes) this.defects.push(...node.defects.map((defect) => `${node.name}: ${defect}`));
    if (!rests) this.defects.push(...this.unrest().map((what) => `does not come to rest: ${what}`));
    for (const node of nodes) node.kill();
    this.#over = true;
    for (const node of nodes) node.forget();
  }

  /** What is still to be done. */
  unrest(): string[] {
    const unrest: string[] = [];
    if (this.#bookings > 0) unrest.push(`${this.#bookings} bookings are to be made`);
    if (this.#faults > 0) unrest.push(`${this.#faults} faults are not over`);
    if (this.ledger.busy()) unrest.push("transactions are on their way");
    for (const sheet of this.ledger.state.sheets.values()) {
      const open = [...sheet.offers.keys()].filter((station) => {
        const report = sheet.reports.get(station);
        return report === undefined ? !sheet.expired : report.settledBy === undefined;
      });
      if (open.length > 0)
        unrest.push(`stations ${open.join()} of sheet ${sheet.sheet.slice(0, 8)} are open`);
    }
    for (const node of this.nodes) {
      const { name, disk, member } = node;
      if (node.lead === undefined) unrest.push(`${name} has no worker that leads`);
      for (const { engine, view } of node.workers) {
        const refusal = engine?.refusal();
        if (refusal !== undefined) unrest.push(`${name} does not go on: ${refusal.message}`);
        if (engine === undefined) unrest.push(`${name} is down`);
        else {
          const load = engine.load();
          if (Object.values(load).some((count) => count > 0)) {
            unrest.push(`${name} has work: ${JSON.stringify(load)}`);
          }
        }
        if (view.height < this.ledger.events.length) unrest.push(`${name} reads the ledger`);
      }
      if (this.ledger.state.owedTo(member.address) > 0n) unrest.push(`${name} is owed something`);
      for (const prefix of ["inbox/", "outbox/", "wait/", "leaving/", "due/"]) {
        const keys = disk.keys(prefix);
        if (keys.length > 0) unrest.push(`${name} keeps ${keys.length} of ${keys[0]}`);
      }
    }
    return unrest;
  }

  #book(booking: BookingPlan): void {
    const { engine, process } = this.node(booking.consumer).lead ?? {};
    const belt = this.belts[booking.belt];
    if (belt === undefined) throw new Error("a booking is of a belt");
    if (engine === undefined || process === undefined) {
      this.time.after(1_000, () => this.#book(booking));
      return;
    }
    const request = {
      belt: belt.hash,
      cases: booking.cases,
      deadline: Math.floor(start / 1_000) + booking.deadline,
      maxCost: 0n,
    };
    let over = false;
    const end = (): void => {
      if (!over) this.#bookings--;
      over = true;
    };
    // Whoever hands cases in and hears nothing looks later what became of them; here they are not handed in again.
    process.onDeath(end);
    engine.consumer.book(request).then(
      ({ sheet }) => {
        this.handedIn.push({ sheet, booking });
        this.#say(`${booking.consumer} booked ${sheet.slice(0, 8)}`);
        end();
      },
      (error: unknown) => {
        this.#say(`${booking.consumer} could not book: ${String(error)}`);
        end();
      },
    );
  }

  /** A node's operator: looks now and then at what is held, and has it tried again, corrected or not, or failed. */
  #operate(node: SimulatedNode): void {
    const random = this.#random.of(`operator of ${node.name}`);
    const look = (): void => {
      for (const worker of node.workers) decide(worker);
      this.time.after(random.skewed(10_000, 1_800_000), look);
    };
    const decide = ({ engine, process }: MemberWorker): void => {
      for (const { id, sheet, station, case: number } of engine?.quarantine.list() ?? []) {
        if (!random.chance(0.5)) continue;
        const key = `${sheet}/${station}/${number}`;
        const fail = (error: unknown): void => {
          const known = error instanceof BeltError && error.code === "QUARANTINE_UNKNOWN";
          if (process?.alive && !known)
            this.#say(`${node.name} could not decide on ${key}: ${String(error)}`);
        };
        if (random.chance(0.3)) {
          this.#say(`${node.name} rejects ${key}`);
          engine?.quarantine
            .reject(id, "It is not worth it.")
            .then(() => void this.journal.rejected.add(key), fail);
          continue;
        }
        if (random.chance(0.6)) this.journal.corrected.add(key);
        this.#say(`${node.name} tries ${key} again`);
        engine?.quarantine.retry(id).catch(fail);
      }
    };
    if (this.belts.some(({ plan }) => uses(plan, node.name, "hang"))) look();
  }

  /** The people at a node: now and then somebody looks at the open tasks and answers some. */
  #attend(node: SimulatedNode): void {
    const random = this.#random.of(`people of ${node.name}`);
    const look = (): void => {
      for (const worker of node.workers) answer(worker);
      this.time.after(random.skewed(1_000, 300_000), look);
    };
    const answer = ({ engine, process }: MemberWorker): void => {
      for (const task of engine?.waits.tasks() ?? []) {
        if (!random.chance(0.5)) continue;
        const key = `${task.sheet}/${task.station}/${task.case}`;
        const { x, y } = this.journal.answerOf(key);
        engine?.waits.complete(task.id, { x, y }).then(
          () => {
            const before = this.journal.completed.get(key);
            if (before !== undefined) this.defects.push(`task ${key} was completed twice`);
            this.journal.completed.set(key, y);
          },
          (error: unknown) => {
            const known = error instanceof BeltError && error.code === "TASK_UNKNOWN";
            if (process?.alive && !known)
              this.#say(`${node.name} could not complete ${key}: ${String(error)}`);
          },
        );
      }
    };
    if (this.belts.some(({ plan }) => uses(plan, node.name, "ask"))) look();
  }

  #plan(fault: Fault): void {
    if (fault.kind === "kill at" || fault.kind === "disk error") return;
    this.#faults++;
    if (fault.kind === "restore") {
      this.time.after(Math.max(0, fault.at - fault.age), () => {
        const backup = { disk: this.node(fault.node).disk.backup(), acknowledged: this.acknowledged.length };
        this.time.after(Math.min(fault.at, fault.age), () => this.#restore(fault, backup));
      });
      return;
    }
    this.time.after(fault.at, () => this.#begin(fault));
  }

  /** A machine is lost; another one goes on from a backup of it. */
  #restore(
    fault: Extract<Fault, { kind: "restore" }>,
    backup: { readonly disk: Disk; readonly acknowledged: number },
  ): void {
    this.#say(`fault: ${JSON.stringify(fault)}`);
    const over = (end: () => void): void => {
      this.time.after(fault.lasts, () => {
        end();
        this.#faults--;
      });
    };
    this.#takeDown(fault.node, over, (node) => {
      node.kill();
      node.lost = {
        disk: node.disk.backup(),
        acknowledged: { from: backup.acknowledged, to: this.acknowledged.length },
      };
      node.restore(backup.disk);
      node.disk.put("restored", restoredMark(this.time.now - fault.age, this.time.now + fault.lasts));
      this.ledger.forget(node.member.address);
      this.journal.forget(({ sheet, station }) => this.#worksAt(node, sheet, station));
    });
  }

  #worksAt({ name }: SimulatedNode, sheet: string, station: string): boolean {
    const booked = this.ledger.state.sheets.get(sheet);
    const belt = this.belts.find(({ hash }) => hash === booked?.belt);
    return belt?.plan.stations[station]?.offer.startsWith(`${name}/`) === true;
  }

  #begin(fault: Exclude<Fault, { kind: "kill at" | "disk error" | "restore" }>): void {
    const { time } = this;
    this.#say(`fault: ${JSON.stringify(fault)}`);
    const over = (end: () => void): void => {
      time.after("lasts" in fault ? fault.lasts : 0, () => {
        end();
        this.#faults--;
      });
    };
    switch (fault.kind) {
      case "kill":
        this.#takeDown(fault.node, over, (node) => node.kill());
        return;
      case "kill worker":
      case "stop worker": {
        const node = this.node(fault.node);
        const worker = node.workers[fault.worker];
        if (fault.kind === "kill worker") worker?.kill();
        else void worker?.stop();
        over(() => {
          // One that has not stopped by then is not waited for.
          if (worker?.engine === undefined) worker?.kill();
          if (node.down === 0) worker?.start();
        });
        return;
      }
      case "stop":
        this.#takeDown(fault.node, over, (node) => void node.stop());
        return;
      case "cut":
        this.#cuts.add(fault);
        over(() => this.#cuts.delete(fault));
        return;
      case "no ledger":
        this.#ledgerCuts.add(fault);
        over(() => this.#ledgerCuts.delete(fault));
        return;
      case "babble":
        this.node(fault.node).babbles = true;
        over(() => {
          this.node(fault.node).babbles = false;
        });
        return;
      case "clock":
        this.node(fault.node).skew += fault.by;
        over(() => {});
        return;
      case "disk full":
        this.node(fault.node).disk.trouble = "The disk is full.";
        over(() => {
          this.node(fault.node).disk.trouble = undefined;
        });
    }
  }

  #takeDown(name: string, over: (end: () => void) => void, end: (node: SimulatedNode) => void): void {
    const node = this.node(name);
    node.down++;
    end(node);
    over(() => {
      node.down--;
      if (node.down > 0) return;
      // A node that has not stopped by then is not waited for.
      node.kill();
      node.start();
    });
  }

  #pass({ name, passed }: SimulatedNode): void {
    for (const fault of this.scenario.faults) {
      if (fault.kind !== "kill at" || fault.node !== name || fault.boundary !== passed.length) continue;
      this.#say(`fault: ${name} is killed ${passed.at(-1)}`);
      this.#faults++;
      this.#takeDown(
        name,
        (end) =>
          void this.time.after(fault.lasts, () => {
            end();
            this.#faults--;
          }),
        (node) => node.kill(),
      );
    }
  }

  /** Whether this use of a disk is one that fails. */
  #fails(name: string, use: number): boolean {
    const fails = this.scenario.faults.some(
      (fault) => fault.kind === "disk error" && fault.node === name && fault.use === use,
    );
    if (fails) this.#say(`fault: use ${use} of the disk of ${name} fails`);
    return fails;
  }

  #isCut(from: string, to: string): boolean {
    return [...this.#cuts].some((cut) => cut.from.includes(from) && cut.to.includes(to));
  }

  #reachesLedger(address: string): boolean {
    return ![...this.#ledgerCuts].some(({ nodes }) =>
      nodes.some((name) => byName(this.members, name).address === address),
    );
  }

  #open(to: string, tray: Uint8Array) {
    const { sealing } = byName(this.members, to).keys;
    const signers = (kid: string) => bySigningKey(this.members, kid)?.keys.verifying;
    return openTray(tray, { own: () => sealing, signers });
  }

  /** Holds some trays on their way against their edge: they show the fields that it names and no others. */
  #inspect(to: string, tray: Uint8Array): void {
    if (!this.#random.chance(0.1)) return;
    const { sheet, edge: name, items } = this.#open(to, tray);
    const booked = this.ledger.state.sheets.get(sheet);
    const belt = this.belts.find(({ hash }) => hash === booked?.belt);
    const edge = belt && planBelt(belt.document).edge(name);
    if (edge === undefined) this.defects.push(`a tray travels on ${name}, which is no edge`);
    for (const { disclosed, case: number } of items) {
      const strange = disclosed.find(([field]) => !edge?.fields.includes(field));
      if (strange) this.defects.push(`${name} shows ${strange[0]} of case ${number} to ${to}`);
    }
  }

  #say(what: string): void {
    if (this.#over) return;
    const line = `${((this.time.now - start) / 1_000).toFixed(3)} ${what}`;
    this.#digest.update(line);
    this.log.push(line);
    this.#watch?.(line);
  }
}

const beltFrame = {
  version: "1",
  parent: null,
  case: {
    type: "object",
    properties: { f0: { type: "number" }, f1: { type: "number" }, f2: { type: "number" } },
    required: ["f0", "f1", "f2"],
  },
};

/** What an acknowledgement is of: the payload of its compact JWS. */
function acknowledgedIn(text: string): Acknowledgement {
  const [, payload = ""] = text.split(".");
  return Acknowledgement.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
}

const uses = ({ stations }: BeltPlan, name: string, kind: Kind): boolean =>
  Object.values(stations).some(({ offer }) => offer === `${name}/${kind}`);

function marketOf(
  { belts, acceptanceWindow }: Scenario,
  published: readonly { readonly hash: Hash; readonly document: BeltDocument }[],
  offerOf: (reference: string) => { readonly id: Hash; readonly member: string; readonly document: Hash },
): Market {
  const references = belts.flatMap(({ stations }) => Object.values(stations).map(({ offer }) => offer));
  const offers = references.map((reference, number) => {
    const { id, member, document } = offerOf(reference);
    return [id, { member, document, price: BigInt(1 + (number % 7)) }] as const;
  });
  return {
    acceptanceWindow,
    offers: new Map(offers),
    belts: new Map(
      published.map(({ hash, document }) => [hash, planBelt(document).stations.map(({ offer }) => offer)]),
    ),
  };
}
