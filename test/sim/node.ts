import { isOfWorkers } from "../../nodes/workers/index.ts";
import { Disk } from "./disk.ts";
import { byName, type Member } from "./members.ts";
import { type Face, MemberWorker } from "./memberWorker.ts";
import type { NodeParts } from "./nodeParts.ts";
import type { Process } from "./process.ts";

export interface Lost {
  readonly disk: Disk;
  /** Among all acknowledgements of the run: the first that the backup does not have, and the first after the loss. */
  readonly acknowledged: { readonly from: number; readonly to: number };
}

const nobody = { process: undefined, face: undefined };

/** One member's machine: its disk, its clock, and the node that runs on it at times, as one worker or several. */
export class SimulatedNode {
  readonly name: string;
  readonly member: Member;
  readonly disk: Disk;
  readonly workers: readonly MemberWorker[];
  /** How many reasons there are for it not to run. */
  down = 0;
  babbles = false;
  /** Milliseconds by which its clock is wrong. */
  skew = 0;
  /** What was lost with its machine: its disk as it was then, and the trays that it acknowledged since the backup. */
  lost: Lost | undefined;
  /** The boundaries that it has passed, in their order, and how often it has used its disk. */
  readonly passed: string[] = [];
  uses = 0;
  /** What its engine said went wrong that no fault explains. */
  readonly defects: string[] = [];
  readonly #parts: NodeParts;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    const { plan } = parts;
    this.name = plan.name;
    this.member = byName(parts.members, this.name);
    const fails = (): boolean => parts.fails(++this.uses);
    this.disk = new Disk({ lies: parts.disksLie, fails, slowest: plan.slowestDisk });
    this.workers = Array.from({ length: plan.workers }, (_, number) => {
      const name = plan.workers > 1 ? `${this.name}.${number + 1}` : this.name;
      return new MemberWorker(parts, this, name);
    });
  }

  /** The worker that books and that writes on the ledger, if there is one. */
  get lead(): MemberWorker | undefined {
    return this.workers.find(({ engine, leads }) => engine !== undefined && leads);
  }

  /** What answers a message: any of its workers. */
  host(): { readonly process: Process | undefined; readonly face: Face | undefined } {
    const up = this.workers.filter(({ face }) => face !== undefined);
    if (up.length === 0) return nobody;
    return this.workers.length === 1 ? (up[0] ?? nobody) : this.#parts.random.pick(up);
  }

  start(): void {
    for (const worker of this.workers) worker.start();
  }

  /** Ends it as SIGKILL would. */
  kill(): void {
    for (const worker of this.workers) worker.kill();
  }

  /** Ends it as SIGTERM would: what is under way is finished or kept. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  /** Lets go of all that its dead processes wait for. */
  forget(): void {
    for (const worker of this.workers) worker.forget();
  }

  /** Another disk is in its place, with what a backup has. */
  restore(backup: Disk): void {
    this.disk.restore(backup);
    for (const key of this.disk.keys().filter(isOfWorkers)) this.disk.delete(key);
  }

  /** A process of it comes by a boundary of its durability. */
  pass(point: string): void {
    this.passed.push(point);
    this.#parts.passing(this);
  }

  /** Since when a case waits, as its disk has it. */
  keptSince(key: string): number | undefined {
    const [sheet = "", station = "", number = ""] = key.split("/");
    const kept = this.disk.get(`wait/${sheet}/${station}/${number.padStart(16, "0")}`);
    return kept && Number(Buffer.from(kept).toString("latin1"));
  }
}
