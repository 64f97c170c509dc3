import { inspect } from "node:util";
import { createSignals, type Engine, type LedgerNews, startEngine } from "../../nodes/engine/index.ts";
import { restoredOf } from "../../nodes/store/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { Disk } from "./disk.ts";
import type { Journal } from "./journal.ts";
import type { SimulatedLedger } from "./ledger.ts";
import { LedgerView } from "./ledgerView.ts";
import { byName, type Member } from "./members.ts";
import type { Network } from "./network.ts";
import { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { NodePlan } from "./scenario.ts";
import { kinds, processorOf } from "./stations.ts";
import type { Time } from "./time.ts";

export interface NodeParts {
  readonly plan: NodePlan;
  readonly members: readonly Member[];
  readonly time: Time;
  readonly random: Random;
  readonly ledger: SimulatedLedger;
  readonly network: Network;
  readonly journal: Journal;
  readonly disksLie: boolean;
  /** Whether this use of its disk fails, the first one being 1. */
  fails(use: number): boolean;
  /** Sees the node pass every boundary of its durability, and may kill it there. */
  passing(node: SimulatedNode): void;
  /** Sees what the node says. */
  says(what: string): void;
  /** The node's process is dead: what its disk has is all there is. */
  died(node: SimulatedNode): void;
}

export interface Lost {
  readonly disk: Disk;
  /** Among all acknowledgements of the run: the first that the backup does not have, and the first after the loss. */
  readonly acknowledged: { readonly from: number; readonly to: number };
}

/** One member's machine: its disk, its clock, and the node that runs on it at times. */
export class SimulatedNode {
  readonly name: string;
  readonly member: Member;
  readonly disk: Disk;
  readonly view: LedgerView;
  /** How many reasons there are for it not to run. */
  down = 0;
  babbles = false;
  /** Milliseconds by which its clock is wrong. */
  skew = 0;
  process: Process | undefined;
  engine: Engine | undefined;
  /** What was lost with its machine: its disk as it was then, and the trays that it acknowledged since the backup. */
  lost: Lost | undefined;
  /** The boundaries that it has passed, in their order, and how often it has used its disk. */
  readonly passed: string[] = [];
  uses = 0;
  /** What its engine said went wrong that no fault explains. */
  readonly defects: string[] = [];
  readonly #parts: NodeParts;
  /** All that ever ran on it. */
  readonly #processes: Process[] = [];

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.name = parts.plan.name;
    this.member = byName(parts.members, this.name);
    const fails = (): boolean => parts.fails(++this.uses);
    this.disk = new Disk({ lies: parts.disksLie, fails, slowest: parts.plan.slowestDisk });
    this.view = new LedgerView(parts.ledger, this.member, parts.members);
  }

  start(): void {
    const { time, random, says } = this.#parts;
    const passing = (point: string): void => {
      this.passed.push(point);
      this.#parts.passing(this);
    };
    const process = new Process({ time, random, skew: () => this.skew, passing });
    this.process = process;
    this.#processes.push(process);
    says("starts");
    this.#run(process).catch((error: unknown) => {
      if (!process.alive) return;
      says(`ends: ${textOf(error)}`);
      this.#notice("start", error);
      this.kill();
      // Its supervisor starts it again.
      time.after(1_000, () => {
        if (this.process === undefined && this.down === 0) this.start();
      });
    });
  }

  /** Ends it as SIGKILL would. */
  kill(): void {
    if (this.process === undefined) return;
    this.#parts.says("is killed");
    const { process } = this;
    this.process = undefined;
    this.engine = undefined;
    process.kill();
    this.#parts.died(this);
  }

  /** Lets go of all that its dead processes wait for: Node keeps what listens to a signal for as long as it may come. */
  forget(): void {
    for (const { stopping } of this.#processes.splice(0)) stopping.abort();
  }

  /** Ends it as SIGTERM would: what is under way is finished or kept. */
  async stop(): Promise<void> {
    const { process, engine } = this;
    if (process === undefined || engine === undefined) {
      this.kill();
      return;
    }
    this.#parts.says("stops");
    this.engine = undefined;
    process.stopping.abort();
    await engine.stopped;
    if (this.process === process) this.kill();
  }

  async #run(process: Process): Promise<void> {
    const { plan, time, random, network, journal, says } = this.#parts;
    const { member } = this;
    const signals = createSignals();
    signals.on("trouble", ({ what, problem }) => {
      says(`cannot ${what}: ${textOf(problem)}`);
      this.#notice(what, problem);
    });
    signals.on("refused", ({ tray, problem }) =>
      says(`${tray.edge}/${tray.tray} to ${this.#nameOf(tray.to)} is refused: ${textOf(problem)}`),
    );
    signals.on("accepted", ({ tray, items }) => says(`takes ${tray.edge}/${tray.tray}, ${items} cases`));
    signals.on("committed", ({ receipts }) => says(`ended ${receipts.map(placeOf).join(" ")}`));
    signals.on("reported", ({ sheet, station }) => says(`reported ${station} of ${sheet.slice(0, 8)}`));
    signals.on("caughtUp", ({ receipts, lost, forgone }) =>
      says(`has ${receipts} receipts back, not ${lost}, and forgoes ${forgone} cases`),
    );
    signals.on("notBooked", ({ problem }) => says(textOf(problem)));
    signals.on("disagreed", ({ what, station, cases }) => {
      // Nobody lies here; but receipts can be late.
      if (what === "missing") says(`misses receipts of ${station} of cases ${cases.join()}`);
      else this.defects.push(`finds the report of ${station} ${what} for cases ${cases.join()}`);
    });
    // What comes while the engine starts is for it as well.
    const early: LedgerNews[] = [];
    let news = (each: LedgerNews): void => void early.push(each);
    this.view.follow(process, (each) => news(each));
    const store = this.disk.store(process);
    // As the node itself does: a store that was restored knows the ledger as it was then.
    if ((await restoredOf(store))?.checked === false) {
      const newest = this.#parts.ledger.events.length;
      while (this.view.height < newest) await process.wait(1_000, () => {});
    }
    const keptSince = (key: string) => this.#keptSince(key);
    const processors = kinds.map((kind) => processorOf(kind, { time, random, journal, keptSince }));
    const engine = await startEngine({
      store,
      ledger: this.view.port(process),
      transport: network.transport(this.name, process),
      clock: process.clock,
      random: (size) => random.bytes(size),
      self: member.self,
      signals,
      processors: new Map(processors.map((processor) => [processor.document, processor])),
      limits: {
        concurrency: plan.concurrency,
        backlog: plan.backlog,
        anchorAfter: plan.anchorAfter,
        withdrawAfter: 60_000,
      },
      alarm: (milliseconds, ring) => time.after(milliseconds, () => process.alive && ring()),
      signal: process.stopping.signal,
    });
    if (!process.alive || process.stopping.signal.aborted) return;
    this.engine = engine;
    news = (each) => engine.ledgerChanged(each);
    for (const each of early) news(each);
    says("is up");
  }

  #keptSince(key: string): number | undefined {
    const [sheet = "", station = "", number = ""] = key.split("/");
    const kept = this.disk.get(`wait/${sheet}/${station}/${number.padStart(16, "0")}`);
    return kept && Number(Buffer.from(kept).toString("latin1"));
  }

  /** Errors of ours that faults explain pass; a defect does not. */
  #notice(what: string, problem: unknown): void {
    const explained = problem instanceof BeltError && problem.code !== "INTERNAL";
    if (!explained) this.defects.push(`${what}: ${inspect(problem)}`);
  }

  #nameOf(address: string): string {
    return this.#parts.members.find((member) => member.address === address)?.name ?? address;
  }
}

const placeOf = ({
  station,
  case: number,
  status,
}: {
  station: string;
  case: number;
  status: string;
}): string => `${station}/${number}:${status}`;

const textOf = (problem: unknown): string =>
  problem instanceof BeltError ? `${problem.code} ${problem.message}` : String(problem);
