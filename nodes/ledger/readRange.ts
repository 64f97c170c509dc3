import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address, IndexView, LedgerBlock } from "../../pipeline/index/index.ts";
import { decodeLog, type Names, topics } from "./decode.ts";
import type { Rpc } from "./rpc.ts";
import { Header, Log, quantity } from "./wire.ts";

/** A block of the ledger as it was read, with its time in seconds since 1970. */
export interface ReadBlock extends LedgerBlock {
  readonly at: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
  /** Blocks from here on are read even when no event is in them, so that a reorganisation can be found. */
  readonly denseFrom: number;
  /** A block that is known already, if it is, and need not be asked for. */
  readonly known: (number: number) => Header | undefined;
}

/** More headers than this are not asked for at once. */
const mostHeaders = 500;

/**
 * Reads a range of blocks: the first, the last, all with events, and all from `denseFrom` on.
 *
 * @throws {BeltError} `LEDGER_FORKED` when the ledger changed its mind meanwhile; `LEDGER_EVENT_INVALID`; and those
 * of {@link Rpc.call}.
 */
export async function readRange(
  rpc: Rpc,
  directory: Address,
  view: IndexView,
  { from, to, denseFrom, known }: Range,
): Promise<ReadBlock[]> {
  const names = namesOf(directory, view);
  const logs = await readLogs(rpc, directory, names, from, to);
  const numbers = new Set([from, to, ...logs.map((log) => log.blockNumber)]);
  for (let number = Math.max(from, denseFrom); number <= to; number++) numbers.add(number);
  const headers = await readHeaders(
    rpc,
    [...numbers].sort((one, other) => one - other),
    known,
  );
  const logsByBlock = Map.groupBy(logs, (log) => log.blockNumber);
  return headers.map(({ number, hash, parentHash, timestamp }) => {
    const own = logsByBlock.get(number) ?? [];
    if (own.some((log) => log.blockHash !== hash)) {
      throw new BeltError("LEDGER_FORKED", `Block ${number} was replaced while it was read.`, { at: hash });
    }
    const events = own.flatMap((log) => decodeLog(names, log, timestamp) ?? []);
    return { number, hash, parentHash, at: timestamp, events };
  });
}

/** The logs of the directory and of all contracts that it names, also of those that it names within the range. */
async function readLogs(
  rpc: Rpc,
  directory: Address,
  names: Map<Address, Map<string, number>>,
  from: number,
  to: number,
): Promise<Log[]> {
  const known = [...names.keys()];
  const logs = await askLogs(rpc, known, from, to);
  for (const log of logs) {
    if (log.address !== directory) continue;
    const event = decodeLog(names, log, 0);
    if (event?.event !== "AddressSet") continue;
    const contract = names.get(event.target) ?? new Map<string, number>();
    if (!contract.has(event.name)) contract.set(event.name, event.block);
    names.set(event.target, contract);
  }
  const added = [...names.keys()].slice(known.length);
  if (added.length > 0) logs.push(...(await askLogs(rpc, added, from, to)));
  return logs.sort((one, other) => one.blockNumber - other.blockNumber || one.logIndex - other.logIndex);
}

function askLogs(rpc: Rpc, address: readonly Address[], from: number, to: number): Promise<Log[]> {
  const filter = { address, topics: [topics], fromBlock: quantity(from), toBlock: quantity(to) };
  return rpc.call(z.array(Log), "eth_getLogs", [filter]);
}

function namesOf(directory: Address, view: IndexView): Map<Address, Map<string, number>> {
  const names = new Map([[directory, new Map([["Directory", 0]])]]);
  for (const { address, names: own } of view.contracts.values()) {
    names.set(address, new Map([...(names.get(address) ?? []), ...own]));
  }
  return names satisfies Names;
}

/** A block's header by number, or one of the names latest and finalized; undefined when the ledger has none. */
export async function readHeader(
  rpc: Rpc,
  block: number | "latest" | "finalized",
): Promise<Header | undefined> {
  const which = typeof block === "number" ? quantity(block) : block;
  return (await rpc.call(Header.nullable(), "eth_getBlockByNumber", [which, false])) ?? undefined;
}

async function readHeaders(rpc: Rpc, numbers: readonly number[], known: Range["known"]): Promise<Header[]> {
  const headers: Header[] = [];
  for (let start = 0; start < numbers.length; start += mostHeaders) {
    const some = numbers.slice(start, start + mostHeaders);
    const found = some.map((number) => known(number) ?? blockAt(rpc, number));
    headers.push(...(await Promise.all(found)));
  }
  return headers;
}

async function blockAt(rpc: Rpc, number: number): Promise<Header> {
  const header = await readHeader(rpc, number);
  if (header) return header;
  throw new BeltError("LEDGER_FORKED", `Block ${number} is no longer there.`, { at: String(number) });
}
