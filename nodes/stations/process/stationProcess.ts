import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { BeltError } from "../../../pipeline/errors.ts";
import type { JsonObject, Outcome, WorkContext } from "../station.ts";
import { readFrames, writeFrame } from "./frames.ts";
import { endWithThisProcess } from "./keeper.ts";
import { readLines } from "./lines.ts";
import { memoryOf } from "./memory.ts";
import { FromProcess, type Order, type PrintedLine, type Thrown, type ToProcess } from "./messages.ts";

/** What a station's process runs, and its limits. */
export interface StationProgram {
  readonly name: string;
  /** The station's file. */
  readonly module: string;
  readonly settings: JsonObject;
  /** How long the process may compute without hearing the node, in milliseconds. */
  readonly timeoutMs: number;
  /** In MB. */
  readonly memoryMb: number;
}

/** How a process ended that nobody asked to. */
export interface ProcessEnd {
  readonly problem: BeltError;
  readonly pid: number;
  /** Whether it had loaded its station: one that has not, has nothing to say of a case. */
  readonly loaded: boolean;
  /** Whether it was ended so that the cases which waited in it wait no longer. */
  readonly interrupted: boolean;
  /** The cases it had in hand, by their keys. */
  readonly cases: readonly string[];
  /** What was thrown that nobody caught, without its words, which may tell of a case. */
  readonly thrown?: Thrown | undefined;
}

/** What is called when something happens to a process. */
export interface ProcessEvents {
  /** It turns out to compute without a pause. */
  blocked(): void;
  /** It printed a line. */
  printed(line: PrintedLine, pid: number): void;
}

/** What came of an order: an outcome, or the end of the process. */
export type Reply =
  /** `late`: the process computed without a pause for so long that it was called blocked. */
  { readonly outcome: Outcome<unknown>; readonly late: boolean } | { readonly end: ProcessEnd };

interface InHand {
  readonly order: Order;
  readonly reply: (reply: Reply) => void;
  readonly mayUse: WorkContext["mayUse"];
}

const program = fileURLToPath(new URL(`./main${extname(import.meta.filename)}`, import.meta.url));

/** The node's secrets, which are no business of a station's. */
const withheld = new Set(["BELT_PASSPHRASE", "BELT_API_TOKEN"]);

/** How long a process may take to close what it has open when it is asked to end, in milliseconds. */
const grace = 1_000;
/** How long what a process has printed is read after its end: a program that it started may hold the pipe for good. */
const lastWords = 100;
/** A process that has not been heard of for so long, in milliseconds, is called blocked. */
const patience = 1_000;
const longestTick = 250;
/**
 * How a process's young space is swept. Node's own 16 MB for each of its halves are memory that no case needs; so small, it is
 * swept sooner than other threads are woken for it; and what is made where things lived long is not to be old from the start.
 */
const youngSpace = [
  "--max-semi-space-size=2",
  "--no-parallel-scavenge",
  "--no-allocation-site-pretenuring",
] as const;

/** One process in which a station works on cases. */
export class StationProcess {
  /** Resolves when it is gone; with how, unless it was asked to end. */
  readonly ended: Promise<ProcessEnd | undefined>;
  readonly #station: StationProgram;
  readonly #child: ChildProcess;
  readonly #channel: Socket;
  readonly #inHand = new Map<number, InHand>();
  readonly #tick: number;
  #outgoing: ToProcess[] = [];
  #orders = 0;
  #answered = 0;
  #loaded = false;
  #closing = false;
  #interrupted = false;
  #problem: BeltError | undefined;
  #thrown: Thrown | undefined;
  /** How long it has not been heard of while it had cases in hand, in milliseconds. */
  #silence = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly #events: ProcessEvents;

  constructor(station: StationProgram, events: ProcessEvents) {
    this.#station = station;
    this.#events = events;
    this.#tick = Math.min(longestTick, Math.max(10, station.timeoutMs / 4));
    const heap = [`--max-old-space-size=${station.memoryMb}`, ...youngSpace];
    this.#child = spawn(process.execPath, [...heap, program, station.name], {
      // A group of its own: what a terminal's Ctrl-C ends is the node, which ends its stations.
      detached: true,
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.has(name))),
    });
    const channel = this.#child.stdio[3];
    this.#channel = channel instanceof Socket ? channel : new Socket();
    // A channel breaks when the process ends, which is told by its end.
    this.#channel.on("error", () => {});
    this.#readPrinted();
    this.ended = this.#watch();
    readFrames(this.#channel, (messages) => this.#hear(messages));
    this.#say({ do: "load", module: station.module, settings: station.settings });
  }

  /** How many cases it has in hand. */
  get size(): number {
    return this.#inHand.size;
  }

  /** Whether it computes without a pause, so that other cases had better go elsewhere. */
  get blocked(): boolean {
    return this.#silence >= patience;
  }

  /** How many cases it has answered. */
  get answered(): number {
    return this.#answered;
  }

  /** @param mayUse - answers what the station asks of the node */
  work(order: Order, mayUse: WorkContext["mayUse"]): Promise<Reply> {
    return new Promise((reply) => {
      const id = this.#orders++;
      this.#inHand.set(id, { order, reply, mayUse });
      this.#say({ do: "work", id, order });
      this.#timer ??= setTimeout(() => this.#look(), this.#tick);
    });
  }

  /** Ends it at once, so that the cases in hand are done elsewhere. */
  interrupt(): void {
    this.#interrupted = true;
    this.#end(
      new BeltError("STATION_TIMEOUT", "The station's process computed for too long without a pause."),
    );
  }

  /** Ends the process; what it has in hand gets no reply. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#channel.end();
    const late = setTimeout(() => this.#kill(), this.#inHand.size > 0 ? 0 : grace);
    await this.ended;
    clearTimeout(late);
  }

  #say(message: ToProcess): void {
    // What is said within one turn of the event loop travels together: a message costs more than a case in it.
    if (this.#outgoing.length === 0) {
      setImmediate(() => {
        const messages = this.#outgoing;
        this.#outgoing = [];
        if (this.#channel.writable) writeFrame(this.#channel, messages);
      });
    }
    this.#outgoing.push(message);
  }

  #hear(messages: unknown): void {
    const late = this.blocked;
    this.#silence = 0;
    const parsed = FromProcess.safeParse(messages);
    if (!parsed.success) {
      this.#end(new BeltError("STATION_CRASHED", "The station's process said what no node understands."));
      return;
    }
    for (const message of parsed.data) {
      if (message.is === "loaded") this.#loaded = true;
      else if (message.is === "refused")
        this.#end(new BeltError(message.problem.code, message.problem.message));
      else if (message.is === "broken") this.#thrown = message.thrown;
      else if (message.is === "asking") void this.#answer(message);
      else if (message.is === "outcome") {
        const entry = this.#inHand.get(message.id);
        this.#inHand.delete(message.id);
        this.#answered++;
        entry?.reply({ outcome: message.outcome, late });
      }
    }
  }

  async #answer({ id, question, use }: Extract<FromProcess, { is: "asking" }>): Promise<void> {
    try {
      const may = (await this.#inHand.get(id)?.mayUse(use)) ?? false;
      this.#say({ do: "hear", question, may });
    } catch (error) {
      const problem = error instanceof BeltError ? error : new BeltError("INTERNAL", "The node cannot tell.");
      this.#say({ do: "hear", question, may: { code: problem.code, message: problem.message } });
    }
  }

  /** Looks after the process while it has cases in hand: that it is heard of, and that it keeps to its memory. */
  #look(): void {
    // What it said meanwhile is heard first: this process may be the one that was late.
    setImmediate(() => {
      this.#timer = undefined;
      if (this.#inHand.size === 0) return;
      const { timeoutMs, memoryMb } = this.#station;
      if (this.#silence >= timeoutMs) {
        this.#end(new BeltError("STATION_TIMEOUT", `The work took longer than ${timeoutMs} ms.`));
        return;
      }
      const memory = memoryOf(this.#child.pid ?? 0);
      if (memory !== undefined && memory > memoryMb) {
        this.#end(new BeltError("STATION_CRASHED", `The station took more than ${memoryMb} MB of memory.`));
        return;
      }
      if (this.#loaded) {
        const before = this.blocked;
        this.#silence += this.#tick;
        this.#say({ do: "answer" });
        if (!before && this.blocked) this.#events.blocked();
      }
      this.#timer = setTimeout(() => this.#look(), this.#tick);
    });
  }

  #end(problem: BeltError): void {
    this.#problem ??= problem;
    this.#kill();
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      // The whole group: a station may have started programs of its own.
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It was gone already.
    }
  }

  #readPrinted(): void {
    const { stdout, stderr, pid = 0 } = this.#child;
    const tell = (line: PrintedLine): void => this.#events.printed(line, pid);
    if (stdout) readLines(stdout, "stdout", tell);
    if (stderr) readLines(stderr, "stderr", tell);
    this.#child.once("exit", () => {
      setTimeout(() => {
        stdout?.destroy();
        stderr?.destroy();
      }, lastWords);
    });
  }

  #watch(): Promise<ProcessEnd | undefined> {
    const { pid } = this.#child;
    const release = pid === undefined ? () => {} : endWithThisProcess(pid);
    return new Promise((resolve) => {
      const end = (how: string): void => {
        release();
        clearTimeout(this.#timer);
        this.#channel.destroy();
        const inHand = [...this.#inHand.values()];
        this.#inHand.clear();
        const problem =
          this.#problem ?? new BeltError("STATION_CRASHED", `The station's process ended ${how}.`);
        const cases = inHand.map(({ order }) => order.key);
        const [loaded, interrupted] = [this.#loaded, this.#interrupted];
        const thrown = this.#thrown;
        const told: ProcessEnd = { problem, pid: pid ?? 0, loaded, interrupted, cases, thrown };
        resolve(this.#closing ? undefined : told);
        if (this.#closing) return;
        // The last one first: whoever puts each back before the others has them in their order.
        for (const { reply } of inHand.toReversed()) reply({ end: told });
      };
      this.#child.once("error", () => end("before it began"));
      this.#child.once("close", (code, signal) =>
        end(signal === null ? `with code ${code}` : `by ${signal}`),
      );
    });
  }
}
