import { BeltError } from "../errors.ts";
import { type Hash, type LedgerEvent, parseLedgerEvent } from "./events.ts";
import { Journal } from "./journal.ts";
import type { BlockId, IndexView, Supervision } from "./records.ts";
import { reduce } from "./reduce.ts";
import { createTables, type Tables } from "./tables.ts";

/** The parent of the first block, and of blocks that a development chain makes up without one. */
export const noParent: Hash = `0x${"0".repeat(64)}`;

/** A block with the ledger's events in it, in the order of their logs. */
export interface LedgerBlock extends BlockId {
  /** {@link noParent} when the ledger does not say it. */
  readonly parentHash: Hash;
  /** Events, or what claims to be: every one is parsed before it counts. */
  readonly events: readonly unknown[];
}

/** The read model. `view` is for everybody; `journal` and `tables` are for the functions of this file. */
export interface LedgerIndex {
  readonly view: IndexView;
  readonly journal: Journal;
  readonly tables: Tables;
}

/**
 * How many blocks a reorganisation can go back. The journal ends there, and not at the block that the ledger calls
 * final: Hardhat's chain calls its newest block final and still takes it back when it is told to.
 */
export const journalDepth = 256;

const nothingMoved: Supervision = { motion: undefined, pause: undefined };

/** The read model of an empty ledger. */
export function createIndex(): LedgerIndex {
  const journal = new Journal();
  const tables = createTables(journal);
  const view: IndexView = {
    get head() {
      return journal.head;
    },
    profiles: tables.profiles.map,
    memberByName: tables.memberByName.map,
    keys: tables.keys.map,
    keyClaims: tables.keyClaims.map,
    signingKeys: tables.signingKeys.map,
    offers: tables.offers.map,
    belts: tables.belts.map,
    sheets: tables.sheets.map,
    balances: tables.balances.map,
    heads: tables.heads.map,
    proposals: tables.proposals.map,
    votes: tables.votes.map,
    communities: tables.communities.map,
    get supervision() {
      return tables.supervision.get("now") ?? nothingMoved;
    },
    consents: tables.consents.map,
    connections: tables.connections.map,
    directory: tables.directory.map,
    contracts: tables.contracts.map,
  };
  return { view, journal, tables };
}

/**
 * Reads one more block. Blocks without events may be left out; one that follows the head directly must name it as
 * its parent, if it names one. Either the whole block counts or, when this throws, nothing of it.
 *
 * @returns the events as they were parsed.
 * @throws {BeltError} `LEDGER_FORKED` when the block does not come after the head: roll back first;
 * `LEDGER_EVENT_INVALID` when an event is malformed or contradicts what the ledger said before.
 */
export function applyBlock(index: LedgerIndex, block: LedgerBlock): readonly LedgerEvent[] {
  const { journal, tables } = index;
  const head = journal.head;
  const { number, hash, parentHash } = block;
  const adjacent = number === (head?.number ?? 0) + 1;
  if (head && (number <= head.number || (adjacent && parentHash !== head.hash && parentHash !== noParent))) {
    throw new BeltError("LEDGER_FORKED", `Block ${number} does not follow block ${head.number}.`, {
      at: hash,
    });
  }
  const events = block.events.map(parseLedgerEvent);
  const foreign = events.find((event) => event.block !== number || event.blockHash !== hash);
  if (foreign) {
    throw new BeltError("LEDGER_EVENT_INVALID", `An event of another block came with block ${number}.`, {
      at: `log ${foreign.logIndex}`,
    });
  }
  journal.begin({ number, hash });
  try {
    for (const event of events) reduce(tables, event);
  } catch (error) {
    journal.undoAbove(number - 1);
    throw error;
  }
  journal.settle(number - journalDepth);
  return events;
}

/**
 * Takes back all blocks above a number; -1 takes back everything.
 *
 * @throws {BeltError} `LEDGER_REPLACED` when that is further back than the journal goes.
 */
export function rollbackTo({ journal }: LedgerIndex, number: number): void {
  if (number < journal.floor) {
    throw new BeltError(
      "LEDGER_REPLACED",
      `The ledger took back blocks from ${number + 1} on, though those up to ${journal.floor} were settled.`,
    );
  }
  journal.undoAbove(number);
}
