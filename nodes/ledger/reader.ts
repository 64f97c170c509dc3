import { BeltError } from "../../pipeline/errors.ts";
import { type Address, AddressText, contractNamed, type Hash } from "../../pipeline/index/index.ts";
import type { Store } from "../store/index.ts";
import { checkClock } from "./clock.ts";
import type { ContractName } from "./contracts.ts";
import { type Credit, readCredit } from "./credit.ts";
import { type Follower, follow, type Log } from "./follow.ts";
import { readFrontier } from "./frontiers.ts";
import { type Heads, hearOfHeads } from "./heads.ts";
import { type GovernanceRules, type ProposalStanding, readRules, readStanding } from "./proposals.ts";
import { openRpc, type Rpc } from "./rpc.ts";
import type { Use } from "./statements.ts";
import { createToldHeads } from "./toldHeads.ts";
import { readUses } from "./uses.ts";
import { Small } from "./wire.ts";

export interface LedgerReaderOptions {
  /** The http or https URL of a JSON-RPC node of the ledger's network. */
  readonly url: string;
  /** The address of the Directory contract. */
  readonly directory: string;
  /** The chain that it must be; any when absent. */
  readonly chainId?: number | undefined;
  /** Where what was read is kept; without one, every start reads the whole ledger. */
  readonly store?: Store;
  readonly log?: Log;
  /** This machine's clock: milliseconds since 1970. */
  readonly now?: () => number;
  /** How long to wait before asking for the next block, in milliseconds; 100 on this machine, 1,000 elsewhere. */
  readonly poll?: number;
  /** Whether to hear of new blocks as they come, where the ledger's node tells of them. */
  readonly subscribe?: boolean;
  /** How far clocks may be apart before there is a warning, in seconds. */
  readonly clockTolerance?: number;
  /** Whether it may be away for now: what was kept is there at once. */
  readonly patient?: boolean;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}

/** Milliseconds between two looks at a ledger that tells of its blocks: it might have stopped to. */
const pollBeside = 2_000;

/** The ledger as everybody can read it. */
export interface LedgerReader extends Follower {
  /** The address of the directory. */
  readonly directory: Address;
  /** What is wrong with this machine's clock, or the ledger's; undefined when they agree. */
  clockWarning(): BeltError | undefined;
  /**
   * Asks for the newest block and resolves when the index has it: for reading what another node has just written.
   *
   * @throws {BeltError} `LEDGER_UNREACHABLE`, or the lasting reason for which the ledger is no longer followed
   */
  refresh(signal?: AbortSignal): Promise<void>;
  /** An account's credit now. */
  creditOf(account: Address, signal?: AbortSignal): Promise<Credit>;
  /** The frontier that an account anchored with its last head; undefined when there is none. See `LogHead`. */
  frontierOf(account: Address): Promise<readonly Hash[] | undefined>;
  /** How a proposal stands now. @throws {BeltError} `NOT_FOUND` when the governing contract knows no such proposal */
  standingOf(proposal: Hash, signal?: AbortSignal): Promise<ProposalStanding>;
  /** By which rules the members decide now. */
  rules(signal?: AbortSignal): Promise<GovernanceRules>;
  /**
   * Which uses of data are allowed, as the ledger's newest block has it: granted, neither expired nor revoked, to an
   * active member.
   */
  mayUse(uses: readonly Use[], signal?: AbortSignal): Promise<readonly boolean[]>;
  /**
   * Where the directory says that a contract is, once the view has caught up.
   *
   * @throws {BeltError} `LEDGER_NO_DIRECTORY`
   */
  addressOf(contract: ContractName, signal?: AbortSignal): Promise<Address>;
  /** Ends following; resolves when it has ended. */
  close(): Promise<void>;
}

/** What reading and writing share. */
export interface Connection {
  readonly rpc: Rpc;
  readonly reader: LedgerReader;
  readonly log: Log;
  readonly now: () => number;
  readonly poll: number;
  readonly signal: AbortSignal;
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Reads the ledger, and goes on following it: needs no account, and (without a store) keeps nothing.
 *
 * @returns when everything was read.
 * @throws {BeltError} `INPUT_INVALID`, `LEDGER_UNREACHABLE`, `LEDGER_WRONG_CHAIN`, `LEDGER_NO_DIRECTORY`,
 * `LEDGER_REPLACED` (only with a store), `LEDGER_EVENT_INVALID` or `LEDGER_CALL_FAILED`.
 */
export async function openLedgerReader(options: LedgerReaderOptions): Promise<LedgerReader> {
  const { reader } = await connect(options);
  if (options.patient) return reader;
  try {
    await reader.caughtUp(options.signal, { patient: false });
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** Starts following; the ledger need not answer yet. */
export async function connect(options: LedgerReaderOptions): Promise<Connection> {
  const { url, chainId, store, log = silent, now = Date.now } = options;
  const directory = parseDirectory(options.directory);
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const clock = checkClock({
    now,
    ...(options.clockTolerance === undefined ? {} : { tolerance: options.clockTolerance }),
    onChange: (warning) => {
      if (warning) log.warn({ code: warning.code }, warning.message);
      else log.info({}, "The clocks agree again.");
    },
  });
  const rpc = openRpc({ url, signal, onDate: (date) => clock.sawDate(date) });
  const poll = options.poll ?? (isLocal(url) ? 100 : 1_000);
  const told = createToldHeads();
  let heads: Heads | undefined;
  const between = () => (heads?.heard() ? Math.max(poll, pollBeside) : poll);
  const onLook = (latest: number) => heads?.saw(latest);
  const follower = await follow({
    rpc,
    directory,
    chainId,
    store,
    clock,
    log,
    told,
    poll,
    between,
    onLook,
    signal,
  });
  if (options.subscribe) heads = hearOfHeads({ url, told, onHead: follower.hint, log, signal });
  const addressOf = async (contract: ContractName, wait?: AbortSignal): Promise<Address> => {
    await follower.caughtUp(wait);
    if (contract === "Directory") return directory;
    const address = contractNamed(follower.view, contract);
    if (address) return address;
    throw new BeltError("LEDGER_NO_DIRECTORY", `The directory names no ${contract} contract.`, {
      at: "ledger.directory",
    });
  };
  const reader: LedgerReader = {
    ...follower,
    directory,
    addressOf,
    frontierOf: (account) => readFrontier({ rpc, view: follower.view }, account),
    standingOf: (proposal, wait) => readStanding({ rpc, view: follower.view, addressOf }, proposal, wait),
    rules: (wait) => readRules({ rpc, view: follower.view, addressOf }, wait),
    creditOf: (account, wait) => readCredit({ rpc, view: follower.view, addressOf }, account, wait),
    mayUse: (uses, wait) => readUses({ rpc, addressOf }, uses, wait),
    clockWarning: () => clock.warning(),
    async refresh(callSignal) {
      await follower.reached(await rpc.call(Small, "eth_blockNumber", []), callSignal);
    },
    async close() {
      closing.abort();
      await follower.ended;
    },
  };
  return { rpc, reader, log, now, poll, signal };
}

function parseDirectory(text: string): Address {
  const address = AddressText.safeParse(text);
  if (address.success) return address.data;
  throw new BeltError("INPUT_INVALID", "The directory's address is 0x and 40 hexadecimal digits.", {
    at: "ledger.directory",
  });
}

function isLocal(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
