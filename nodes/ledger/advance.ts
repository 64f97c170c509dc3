import { BeltError } from "../../pipeline/errors.ts";
import {
  applyBlock,
  type BlockId,
  journalDepth,
  type LedgerEvent,
  type LedgerIndex,
  noParent,
  rollbackTo,
} from "../../pipeline/index/index.ts";
import type { BlockStore } from "./blockStore.ts";
import type { LedgerChange } from "./changes.ts";
import type { LedgerIdentity } from "./identity.ts";
import { type Range, type ReadBlock, readHeader, readRange } from "./readRange.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import type { ToldHeads } from "./toldHeads.ts";
import type { Header } from "./wire.ts";

export interface AdvanceParts {
  readonly rpc: Rpc;
  readonly index: LedgerIndex;
  readonly blocks: BlockStore;
  readonly identity: LedgerIdentity;
  readonly told: ToldHeads;
  /** Makes sure that this still is the same ledger. */
  readonly verify: () => Promise<unknown>;
  readonly onChange: (change: LedgerChange) => void;
}

/** What one step found. */
export interface Step {
  readonly latest: Header;
  /** Whether the ledger was asked for it just now. */
  readonly asked: boolean;
  /** The number of the last block that cannot be taken back. */
  readonly finalized: number;
  /** Whether the index has all that the ledger has. */
  readonly done: boolean;
  /** Whether the index changed. */
  readonly advanced: boolean;
}

/** So many of the newest blocks are read one by one, so that a reorganisation is taken back no further than it went. */
const dense = 64;

/** How many blocks are asked for at once; fewer when the ledger's node cannot, and slowly more again. */
const firstRange = 5_000;
const mostRange = 100_000;

/** So often in a row the ledger may change its mind while it is read. */
const mostForks = 20;

/**
 * Brings an index nearer to the ledger, step by step: to the block of which the ledger told last, or, if nothing new was told
 * or the caller wants the ledger to be asked, to the one that it names now.
 */
export function createAdvance({
  rpc,
  index,
  blocks,
  identity,
  told,
  verify,
  onChange,
}: AdvanceParts): (asks: boolean) => Promise<Step> {
  let range = firstRange;
  let forks = 0;
  const finality = createFinality(rpc);

  const step = async (asks: boolean): Promise<Step> => {
    const { head } = index.view;
    const news = asks ? undefined : told.last();
    const isNews = news !== undefined && news.number > (head?.number ?? -1);
    // Travels with the first other question.
    const finalized = finality();
    finalized.catch(() => {});
    const latest = isNews ? news : await readHeader(rpc, "latest");
    if (!latest) throw new BeltError("LEDGER_CALL_FAILED", "The ledger's node has no newest block.");
    const found = async (how: Pick<Step, "done" | "advanced">): Promise<Step> => ({
      latest,
      finalized: finalNumber(latest.number, await finalized),
      asked: !isNews,
      ...how,
    });
    const from = head ? head.number + 1 : identity.deployedAt;
    if (head?.hash === latest.hash || (!head && latest.number < from))
      return found({ done: true, advanced: false });
    if (latest.number < from) return found({ done: false, advanced: await takeBack() });
    const to = Math.min(latest.number, from + range - 1);
    const known = (number: number) => (number === latest.number ? latest : told.at(number));
    const advanced = await read({ from, to, denseFrom: latest.number - dense, known });
    return found({ done: advanced && to === latest.number, advanced });
  };

  /** Reads a range and applies it; false when it has to be tried again, smaller or after a reorganisation. */
  const read = async (wanted: Range): Promise<boolean> => {
    const { from, to } = wanted;
    let found: ReadBlock[];
    try {
      found = await readRange(rpc, identity.directory, index.view, wanted);
      await checkParent(found[0]);
      await apply(found);
    } catch (error) {
      if (isForked(error) && ++forks <= mostForks) {
        told.clear();
        await takeBack();
        return false;
      }
      const wide = to > from;
      range = Math.max(1, Math.floor((to - from + 1) / 2));
      if (wide && error instanceof CallRefused) return false;
      throw error;
    }
    forks = 0;
    if (to - from + 1 === range) range = Math.min(mostRange, range + Math.ceil(range / 8));
    return true;
  };

  /** Hardhat's chain makes up blocks that name no parent (hardhat_mine): then the head itself is asked for. */
  const checkParent = async (first: ReadBlock | undefined) => {
    const { head } = index.view;
    if (!head || first?.parentHash !== noParent) return;
    if ((await readHeader(rpc, head.number))?.hash === head.hash) return;
    throw new BeltError("LEDGER_FORKED", `Block ${head.number} is another one now.`, { at: head.hash });
  };

  const apply = async (found: readonly ReadBlock[]) => {
    const events: LedgerEvent[] = [];
    let applied = 0;
    try {
      for (const block of found) {
        events.push(...applyBlock(index, block));
        applied++;
      }
    } finally {
      if (applied > 0) {
        onChange({ rolledBackTo: undefined, events, head: index.view.head });
        await blocks.append(found.slice(0, applied));
      }
    }
  };

  /** Goes back to the last block that the ledger still has; false when that is the newest one. */
  const takeBack = async (): Promise<boolean> => {
    await verify();
    const before = index.view.head;
    const base = index.journal.base;
    const known = [...(base ? [base] : []), ...index.journal.blocks];
    const common = await lastCommon(rpc, known);
    if (!common && base) {
      throw new BeltError(
        "LEDGER_REPLACED",
        `The ledger took back block ${base.number} and all after it: no reorganisation goes back so far.`,
      );
    }
    if (common && common.number === before?.number) return false;
    rollbackTo(index, common?.number ?? index.journal.floor);
    const number = common?.number ?? -1;
    onChange({ rolledBackTo: number, events: [], head: index.view.head });
    await blocks.truncate(number);
    return true;
  };

  return step;
}

/** The last of some blocks (ascending) that the ledger still has; when it has one, it has all before that one. */
async function lastCommon(rpc: Rpc, known: readonly BlockId[]): Promise<BlockId | undefined> {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = known[middle];
    const header = block && (await readHeader(rpc, block.number));
    if (header && header.hash === block.hash) low = middle + 1;
    else high = middle;
  }
  return known[low - 1];
}

/** What the ledger's node says of its last final block: its number, that there is none, or that it knows no such thing. */
type Finality = number | "none" | "unknown";

/** Asks for the last final block. */
function createFinality(rpc: Rpc): () => Promise<Finality> {
  let supported: boolean | undefined;
  let last: Finality = "none";
  return async () => {
    if (supported === false) return "unknown";
    try {
      last = (await readHeader(rpc, "finalized"))?.number ?? "none";
      supported = true;
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      supported ??= false;
      if (!supported) return "unknown";
    }
    return last;
  };
}

/**
 * The number of the last final block. Networks whose every block is final may not know the question: then the newest
 * one is it. Or they never name one: then it is the last that no reorganisation could take back.
 */
function finalNumber(latest: number, finality: Finality): number {
  if (finality === "unknown") return latest;
  return finality === "none" ? latest - journalDepth : Math.min(finality, latest);
}

function isForked(error: unknown): boolean {
  return error instanceof BeltError && error.code === "LEDGER_FORKED";
}
