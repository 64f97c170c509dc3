import type { Logger } from "pino";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address, IndexView } from "../../pipeline/index/index.ts";
import type { Store } from "../store/index.ts";
import { createAdvance } from "./advance.ts";
import { openBlockStore } from "./blockStore.ts";
import { createChanges, type LedgerChange } from "./changes.ts";
import type { ClockCheck } from "./clock.ts";
import { identify, type LedgerIdentity } from "./identity.ts";
import type { Rpc } from "./rpc.ts";
import type { ToldHeads } from "./toldHeads.ts";
import { createBell, createConditions, pause } from "./waiting.ts";

/** What following needs of a log. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/**
 * How it stands with following the ledger. Stalled is what only somebody who writes notices: it answers, and makes no
 * blocks. Replaced and refused are lasting: this node no longer follows, since the ledger is another one, or not one
 * that this node can read.
 */
export type Phase = "catching up" | "following" | "stalled" | "unreachable" | "replaced" | "refused";

export interface LedgerState {
  readonly phase: Phase;
  /** Why it is stalled, unreachable, replaced or refused. */
  readonly reason: BeltError | undefined;
  /** The number of the ledger's newest block when it was asked last. */
  readonly latest: number | undefined;
  /** Its time, in seconds since 1970. */
  readonly latestAt: number | undefined;
  /** The number of the last block that the ledger calls final. */
  readonly finalized: number | undefined;
}

export interface Follower {
  /** What the ledger says, as far as it was read. */
  readonly view: IndexView;
  state(): LedgerState;
  /** Changes from now on; ends with the signal, and throws the reason when the ledger is replaced or refused. */
  changes(signal: AbortSignal): AsyncIterable<LedgerChange>;
  /**
   * Resolves when the index has all that the ledger had when it was asked last; throws a lasting reason, and, when it
   * is not to be patient, also that the ledger is unreachable.
   */
  caughtUp(signal?: AbortSignal, options?: { readonly patient?: boolean }): Promise<void>;
  /** Asks the ledger now, and resolves when the index has what it had then: whoever speaks of a block has seen it. */
  look(signal?: AbortSignal): Promise<void>;
  /** Reads on now: somebody knows that there is news. */
  hint(): void;
  /** Resolves when the index has a block. */
  reached(block: number, signal?: AbortSignal): Promise<void>;
  /** Resolves with which ledger it is, when it answers and is known to be the right one. */
  verified(signal?: AbortSignal): Promise<LedgerIdentity>;
  /** Resolves when following has ended. */
  readonly ended: Promise<void>;
}

export interface FollowOptions {
  readonly rpc: Rpc;
  readonly directory: Address;
  readonly chainId: number | undefined;
  /** Where what was read is kept; without one, every start reads everything. */
  readonly store: Store | undefined;
  readonly clock: ClockCheck;
  readonly log: Log;
  /** What the ledger tells of by itself. */
  readonly told: ToldHeads;
  /** How long to wait before asking again, in milliseconds: after a failure at first, and for the next block now. */
  readonly poll: number;
  readonly between?: () => number;
  /** Is told the number of the ledger's newest block each time that it was asked. */
  readonly onLook?: (latest: number) => void;
  /** Ends following. */
  readonly signal: AbortSignal;
}

/** The longest wait before an unreachable ledger is asked again, in milliseconds. */
const longestWait = 10_000;

/** Starts following a ledger; resolves when what was read before is in the index, before the ledger is asked. */
export async function follow(options: FollowOptions): Promise<Follower> {
  const {
    rpc,
    directory,
    chainId,
    store,
    clock,
    log,
    told,
    poll,
    between = () => poll,
    onLook,
    signal,
  } = options;
  const blocks = await openBlockStore(store, (error) =>
    log.warn({ err: error }, "What was kept of the ledger cannot be read; it is read from the ledger again."),
  );
  const index = await blocks.load();
  const changes = createChanges();
  const conditions = createConditions();
  const bell = createBell();
  let state: LedgerState = {
    phase: "catching up",
    reason: undefined,
    latest: undefined,
    latestAt: undefined,
    finalized: undefined,
  };
  /**
   * How many steps were begun, the last of them that had the ledger asked for all that it has, and the one that somebody
   * wants to have it asked.
   */
  const steps = { begun: 0, asked: 0, wanted: 0 };
  /** Which ledger it is, while it answers. */
  let identity: LedgerIdentity | undefined;

  const enter = (phase: Phase, reason?: BeltError) => {
    if (phase !== state.phase) {
      const level = reason ? "warn" : "info";
      log[level]({ phase, code: reason?.code }, reason?.message ?? `The ledger: ${phase}.`);
    }
    state = { ...state, phase, reason };
    conditions.check();
  };

  const verify = async () => {
    const found = await identify(rpc, { directory, chainId, known: blocks.identity });
    if (!blocks.identity) await blocks.begin(found);
    return found;
  };

  /** Follows until something goes wrong. */
  const followOn = async (onStep: () => void) => {
    identity = await verify();
    if (state.phase === "unreachable") enter("catching up");
    conditions.check();
    const onChange = (change: LedgerChange) => {
      changes.publish(change);
      conditions.check();
    };
    const step = createAdvance({ rpc, index, blocks, identity, told, verify, onChange });
    while (!signal.aborted) {
      const number = ++steps.begun;
      const { latest, finalized, asked, done, advanced } = await step(isWanted());
      if (done && asked) steps.asked = number;
      onStep();
      onLook?.(latest.number);
      state = { ...state, latest: latest.number, latestAt: latest.timestamp, finalized };
      // Only a block that came while this node watched says what time it is.
      if (done && advanced && state.phase === "following") clock.sawBlock(latest.timestamp);
      enter(done ? "following" : "catching up");
      if (done || !advanced) await news();
    }
  };

  /** Whether somebody wants the ledger to be asked, whatever it has told. */
  const isWanted = () => steps.asked < steps.wanted;

  /** Resolves when the ledger is to be asked, or has told of a block that is not in the index. */
  const news = async () => {
    while (await bell.heard(between(), signal)) {
      const last = told.last();
      if (isWanted() || last === undefined || last.hash !== index.view.head?.hash) return;
    }
  };

  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await followOn(() => {
          failures = 0;
        });
      } catch (error) {
        identity = undefined;
        if (signal.aborted) break;
        const reason = asBeltError(error);
        if (!reason.retryable) return end(reason);
        enter("unreachable", reason);
        await pause(Math.min(longestWait, poll * 2 ** ++failures), signal);
      }
    }
    end();
  };

  const end = (reason?: BeltError) => {
    if (reason) enter(reason.code === "LEDGER_REPLACED" ? "replaced" : "refused", reason);
    conditions.check();
    changes.end(reason);
  };

  const until = <T>(answer: () => T | undefined, callSignal?: AbortSignal) =>
    conditions.until(() => {
      if (state.phase === "replaced" || state.phase === "refused") throw state.reason;
      signal.throwIfAborted();
      return answer();
    }, callSignal);
  const holds = (condition: boolean) => (condition ? true : undefined);

  return {
    view: index.view,
    state: () => state,
    changes: (callSignal) => changes.subscribe(callSignal),
    async caughtUp(callSignal, { patient = true } = {}) {
      await until(() => {
        if (state.phase === "unreachable" && !patient) throw state.reason;
        return holds(state.phase === "following");
      }, callSignal);
    },
    hint: bell.ring,
    async look(callSignal) {
      // What is under way may have been asked before the block was there.
      const next = steps.begun + 1;
      steps.wanted = next;
      bell.ring();
      await until(() => holds(steps.asked >= next), callSignal);
    },
    async reached(block, callSignal) {
      // Who asks knows that there is a block: it is not waited for any longer than it takes to read it.
      if ((told.last()?.number ?? -1) < block) steps.wanted = steps.begun + 1;
      bell.ring();
      await until(() => holds((index.view.head?.number ?? -1) >= block), callSignal);
    },
    verified: (callSignal) => until(() => identity, callSignal),
    ended: run(),
  };
}

function asBeltError(error: unknown): BeltError {
  if (error instanceof BeltError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new BeltError("INTERNAL", `Following the ledger failed: ${words}`, { cause: error });
}
