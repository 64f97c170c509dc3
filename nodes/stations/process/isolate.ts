import type { Outcome, WorkContext } from "../station.ts";
import type { Order, PrintedLine } from "./messages.ts";
import { type ProcessEnd, StationProcess, type StationProgram } from "./stationProcess.ts";

/** A station that works in processes of its own, so that nothing it does stops the node. */
export interface IsolatedStation {
  /** As many cases as one process takes at most: fewer would have it wait for the node, more would only wait here. */
  readonly inHand: number;
  /** Starts a process, so that the first case finds it ready. */
  warmUp(): void;
  /**
   * Works on one case, once.
   *
   * @throws {BeltError} `STATION_CRASHED` when the case ended its process, `STATION_TIMEOUT` when it held it up
   */
  work(order: Order, node: OrderNode): Promise<Outcome<unknown>>;
  /** Ends the processes. Cases in hand get no outcome: they are taken up again at the node's next start. */
  close(): Promise<void>;
}

/** What the node does for a case while it is worked on. */
export interface OrderNode extends Pick<WorkContext, "mayUse"> {
  /** Called when the case turns out to have to wait for a process of its own. */
  readonly aside?: (() => void) | undefined;
}

export interface IsolateOptions {
  /** How many processes there may be at most; two or more, so that one is left to quick cases. */
  readonly processes: number;
  /** Told of every process that ended by itself or had to be ended. */
  ended(end: ProcessEnd): void;
  /** Told of every line that a process printed. */
  printed(line: PrintedLine, pid: number): void;
}

interface Waiting {
  readonly order: Order;
  readonly node: OrderNode;
  /** Whether it was in hand with others when its process ended. */
  suspect: boolean;
  resolve(outcome: Outcome<unknown>): void;
  reject(problem: unknown): void;
}

/** A process, and whether it takes many cases, has one suspect, or one case that has all of its time. */
interface Hand {
  readonly process: StationProcess;
  holds: "many" | "suspect" | "alone";
}

/** Cases that one process may have in hand at first, and once the station has shown that it is quick. */
const width = { first: 32, most: 256 };
/** Pauses before another start when processes end without having answered anything, in milliseconds. */
const pause = { shortest: 100, longest: 1_000 };
/** A process that is not needed is ended after so long, in milliseconds. */
const idle = 10_000;

/**
 * Runs a station in processes of its own.
 *
 * A process has many cases in hand, since a message costs more than a case. When it ends, it may have been any of
 * them: they are suspects, and done again one by one. A case that is by itself when its process ends is blamed for it.
 * A process that computes for a second without a pause is ended as well where others wait for it, and the case that
 * needs so long is set aside: it is done in a process that takes nothing else, with all the time that it may have. So
 * nothing waits for long behind a case that hangs.
 */
export function isolate(
  station: StationProgram,
  { processes: most, ended, printed }: IsolateOptions,
): IsolatedStation {
  const hands: Hand[] = [];
  const together: Waiting[] = [];
  const alone: Waiting[] = [];
  let room = width.first;
  let quick = true;
  let unlucky = 0;
  let closed = false;
  let restart: NodeJS.Timeout | undefined;
  const sweep = setInterval(endIdle, idle).unref();

  function start(): Hand | undefined {
    if (restart !== undefined || hands.length >= most) return undefined;
    const process = new StationProcess(station, {
      blocked() {
        if (process.size > 1) process.interrupt();
        else pump();
      },
      printed,
    });
    const hand: Hand = { process, holds: "many" };
    hands.push(hand);
    void process.ended.then((end) => {
      remove(hand);
      if (closed) return;
      if (end !== undefined) {
        ended(end);
        slowDown(process.answered > 0 ? 0 : unlucky + 1);
      }
      pump();
    });
    return hand;
  }

  function remove(hand: Hand): void {
    const place = hands.indexOf(hand);
    if (place >= 0) hands.splice(place, 1);
  }

  /** Processes that end one after the other without having answered a case are started ever more slowly. */
  function slowDown(times: number): void {
    unlucky = times;
    if (times === 0) return;
    const milliseconds = Math.min(pause.longest, pause.shortest * 2 ** (times - 1));
    restart ??= setTimeout(() => {
      restart = undefined;
      pump();
    }, milliseconds);
  }

  function pump(): void {
    if (closed) return;
    while (alone.length > 0) {
      const hand = handForOne();
      const next = hand === undefined ? undefined : alone.shift();
      if (hand === undefined || next === undefined) break;
      void give(hand, "alone", next);
    }
    for (let first = together[0]; first !== undefined; first = together[0]) {
      const hand = handFor(first);
      if (hand === undefined) break;
      if (first.suspect) void give(hand, "suspect", together.shift() ?? first);
      else giveMany(hand);
    }
    if (together.length > 0 && quick) relieve();
  }

  function giveMany(hand: Hand): void {
    const free = room - hand.process.size;
    const suspect = together.findIndex((each, place) => place < free && each.suspect);
    for (const each of together.splice(0, suspect < 0 ? free : suspect)) void give(hand, "many", each);
  }

  /** A process with nothing in hand for a case that is to be alone; one is always left to the others. */
  function handForOne(): Hand | undefined {
    if (hands.filter(({ holds }) => holds === "alone").length >= most - 1) return undefined;
    const free = hands.findLast(({ process, holds }) => process.size === 0 && holds === "many");
    return free ?? start();
  }

  /** A process for one more case. Another one is started when all compute without a pause. */
  function handFor({ suspect }: Waiting): Hand | undefined {
    const shared = hands.filter(({ holds }) => holds !== "alone");
    const free = suspect ? 1 : room;
    const listening = shared.find(
      ({ process, holds }) => holds === "many" && !process.blocked && process.size < free,
    );
    return listening ?? (shared.every(({ process }) => process.blocked) ? start() : undefined);
  }

  /** Cases wait, and every process that there may be computes without a pause: one of them is set free. */
  function relieve(): void {
    if (hands.length < most) return;
    const shared = hands.filter(({ holds }) => holds !== "alone");
    if (shared.every(({ process }) => process.blocked)) shared[0]?.process.interrupt();
  }

  async function give(hand: Hand, holds: Hand["holds"], waiting: Waiting): Promise<void> {
    hand.holds = holds;
    const reply = await hand.process.work(waiting.order, waiting.node.mayUse);
    if ("outcome" in reply) {
      hand.holds = "many";
      room = Math.min(width.most, room + 1);
      quick = !reply.late;
      waiting.resolve(reply.outcome);
    } else settle(reply.end, holds, waiting);
    pump();
  }

  /** Decides what becomes of a case whose process has ended. */
  function settle(end: ProcessEnd, holds: Hand["holds"], waiting: Waiting): void {
    if (!end.loaded) {
      // A process that could not load its station says nothing of a case.
      (holds === "alone" ? alone : together).unshift(waiting);
    } else if (end.cases.length > 1) {
      waiting.suspect = true;
      room = 1;
      together.unshift(waiting);
    } else if (end.interrupted) setAside(waiting);
    else waiting.reject(end.problem);
  }

  function setAside(waiting: Waiting): void {
    alone.push(waiting);
    waiting.node.aside?.();
  }

  function endIdle(): void {
    for (const hand of hands.slice(1)) {
      if (hand.process.size > 0) continue;
      remove(hand);
      void hand.process.close();
    }
  }

  return {
    inHand: width.most,
    warmUp() {
      if (hands.length === 0 && !closed) start();
    },
    work: (order, node) =>
      new Promise((resolve, reject) => {
        const waiting = { order, node, suspect: false, resolve, reject };
        if (order.attempt > 1) setAside(waiting);
        else together.push(waiting);
        pump();
      }),
    async close() {
      closed = true;
      clearInterval(sweep);
      clearTimeout(restart);
      await Promise.all(hands.map(({ process }) => process.close()));
    },
  };
}
