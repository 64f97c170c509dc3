import { inspect } from "node:util";
import { createSignals, type Engine, type LedgerNews, startEngine } from "../../nodes/engine/index.ts";
import { restoredOf } from "../../nodes/store/index.ts";
import { createRoute, joinWorkers, type Workers } from "../../nodes/workers/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { LedgerView } from "./ledgerView.ts";
import type { SimulatedNode } from "./node.ts";
import type { NodeParts } from "./nodeParts.ts";
import { Process } from "./process.ts";
import { kinds, processorOf } from "./stations.ts";

/** Beats are rare: they are most of what happens in a run of days. */
const times = { beat: 5_000, patience: 20_000 };

/** What answers for a worker: its engine, behind what brings trays to the worker that has their sheet. */
export type Face = Pick<Engine, "accept" | "copies" | "documents" | "manifest">;

/** One of the workers of a member, or the only one: what runs on the member's disk, again and again. */
export class MemberWorker {
  readonly view: LedgerView;
  process: Process | undefined;
  engine: Engine | undefined;
  face: Face | undefined;
  #joined: Workers | undefined;
  readonly #parts: NodeParts;
  readonly #node: SimulatedNode;
  readonly #name: string;
  /** All that ever ran in its place. */
  readonly #processes: Process[] = [];

  constructor(parts: NodeParts, node: SimulatedNode, name: string) {
    this.#parts = parts;
    this.#node = node;
    this.#name = name;
    this.view = new LedgerView(parts.ledger, node.member, parts.members);
  }

  /** Whether it is the one that writes on the ledger, and that books. */
  get leads(): boolean {
    return this.#joined?.share.leads ?? true;
  }

  start(): void {
    if (this.process !== undefined) return;
    const { time, random } = this.#parts;
    const passing = (point: string): void => this.#node.pass(point);
    const process = new Process({ time, random, skew: () => this.#node.skew, passing });
    this.process = process;
    this.#processes.push(process);
    this.#says("starts");
    this.#run(process).catch((error: unknown) => {
      if (!process.alive) return;
      this.#says(`ends: ${textOf(error)}`);
      this.#notice("start", error);
      this.#again(process);
    });
  }

  /** Its supervisor starts it again. */
  #again(process: Process): void {
    if (this.process !== process) return;
    this.kill();
    this.#startLater();
  }

  #startLater(): void {
    this.#parts.time.after(1_000, () => {
      if (this.#node.down === 0) this.start();
    });
  }

  /** Ends it as SIGKILL would. */
  kill(): void {
    if (this.process === undefined) return;
    this.#says("is killed");
    const { process } = this;
    this.process = undefined;
    this.engine = undefined;
    this.face = undefined;
    this.#joined = undefined;
    process.kill();
    this.#parts.died(this.#node);
  }

  /** Ends it as SIGTERM would: what is under way is finished or kept. */
  async stop(): Promise<void> {
    const { process, engine } = this;
    const joined = this.#joined;
    if (process === undefined || (engine === undefined && joined === undefined)) {
      this.kill();
      return;
    }
    this.#says("stops");
    this.engine = undefined;
    this.face = undefined;
    process.stopping.abort();
    await engine?.stopped;
    await joined?.leave().catch((error: unknown) => this.#notice("leave", error));
    if (this.process === process) this.kill();
  }

  /** Lets go of all that its dead processes wait for: Node keeps what listens to a signal for as long as it may come. */
  forget(): void {
    for (const { stopping } of this.#processes.splice(0)) stopping.abort();
  }

  async #run(process: Process): Promise<void> {
    const { plan, time, random, network, journal } = this.#parts;
    const { member, disk } = this.#node;
    // What comes while the engine starts is for it as well.
    const early: LedgerNews[] = [];
    let news = (each: LedgerNews): void => void early.push(each);
    this.view.follow(process, (each) => news(each));
    const below = disk.store(process);
    // As the node itself does: a store that was restored knows the ledger as it was then.
    if ((await restoredOf(below))?.checked === false) {
      const newest = this.#parts.ledger.events.length;
      while (this.view.height < newest) await process.wait(1_000, () => {});
    }
    const joined = plan.workers > 1 ? await this.#join(process) : undefined;
    this.#joined = joined;
    const keptSince = (key: string) => this.#node.keptSince(key);
    const processors = kinds.map((kind) => processorOf(kind, { time, random, journal, keptSince }));
    const engine = await startEngine({
      store: joined?.store ?? below,
      share: joined?.share,
      ledger: this.view.port(process),
      transport: network.transport(this.#node.name, process),
      clock: process.clock,
      random: (size) => random.bytes(size),
      self: member.self,
      signals: this.#listen(),
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
    this.face = this.#faceOf(engine, joined);
    news = (each) => engine.ledgerChanged(each);
    for (const each of early) news(each);
    if (joined && engine.holdings) {
      const url = `http://${joined.id}`;
      await joined.serve({ url, api: url }, engine.holdings);
    }
    this.#says("is up");
  }

  #join(process: Process): Promise<Workers> {
    const { random } = this.#parts;
    const quiet = (): void => {};
    return joinWorkers({
      store: { ...this.#node.disk.store(process), damaged: () => [] },
      log: {
        info: quiet,
        warn: (about: unknown) => this.#says(`among workers: ${textOf(problemIn(about))}`),
      },
      over: (why) => {
        this.#says(`begins anew: ${why}`);
        if (this.process === process) void this.stop().then(() => this.#startLater());
      },
      signal: process.stopping.signal,
      times,
      clock: { now: () => this.#parts.time.now, sleep: process.clock.sleep },
      random: {
        name: () => `w${Buffer.from(random.bytes(8)).toString("hex")}`,
        fraction: () => random.int(0, 999) / 1_000,
      },
    });
  }

  /** A member of several workers has its trays brought to the one that has their sheet. */
  #faceOf(engine: Engine, joined: Workers | undefined): Face {
    if (joined === undefined) return engine;
    const { member } = this.#node;
    const take = createRoute({
      workers: joined,
      own: member.self.seals,
      accept: engine.accept,
      holds: (sheet) => engine.holdings?.has(sheet) ?? false,
      passOn: (to, tray) => this.#passOn(to.url, tray),
    });
    const { copies, documents, manifest } = engine;
    return { copies, documents, manifest, accept: (tray) => take(tray, { passedOn: false }) };
  }

  /** Gives a tray to another worker of the member, which may die before it has answered. */
  #passOn(url: string, tray: Uint8Array): Promise<string> {
    const { time, random } = this.#parts;
    const unreachable = new BeltError("PARTNER_UNREACHABLE", "The worker is dead.");
    const other = this.#node.workers.find((each) => `http://${each.#joined?.id}` === url);
    const [engine, process] = [other?.engine, other?.process];
    if (engine === undefined || process === undefined) return Promise.reject(unreachable);
    return new Promise((resolve, reject) => {
      const unwatch = process.onDeath(() => reject(unreachable));
      time.after(random.skewed(0.2, 50), () => {
        if (!process.alive) return;
        engine
          .accept(tray)
          .then(resolve, reject)
          .finally(() => unwatch());
      });
    });
  }

  #listen() {
    const says = (what: string): void => this.#says(what);
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
      else this.#node.defects.push(`finds the report of ${station} ${what} for cases ${cases.join()}`);
    });
    return signals;
  }

  #says(what: string): void {
    this.#parts.says(`${this.#name} ${what}`);
  }

  /** Errors of ours that faults explain pass; a defect does not. */
  #notice(what: string, problem: unknown): void {
    const explained = problem instanceof BeltError && problem.code !== "INTERNAL";
    if (!explained) this.#node.defects.push(`${what}: ${inspect(problem)}`);
  }

  #nameOf(address: string): string {
    return this.#parts.members.find((member) => member.address === address)?.name ?? address;
  }
}

const problemIn = (about: unknown): unknown =>
  typeof about === "object" && about !== null && "err" in about ? about.err : JSON.stringify(about);

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
