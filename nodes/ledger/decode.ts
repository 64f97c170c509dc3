import { decodeBytes32String, type EventFragment, type Interface, type ParamType } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, eventNames, type LedgerEvent, parseLedgerEvent } from "../../pipeline/index/index.ts";
import { interfaceOf, interfaces } from "./contracts.ts";
import type { Log } from "./wire.ts";

/** The names of contracts by address, each with the block from which it counts. */
export type Names = ReadonlyMap<Address, ReadonlyMap<string, number>>;

/** The first topics of the events that the index reads and that have one of these names. */
export function topicsOf(names: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (const one of Object.values(interfaces)) {
    one.forEachEvent(({ name, topicHash }) => {
      if (names.has(name)) found.push(topicHash);
    });
  }
  return found;
}

/** The first topics of all events that the index reads. */
export const topics = topicsOf(eventNames);

/**
 * Reads a log as an event of the ledger; undefined when it is none: another event of the contract, or one from
 * before the directory named it.
 *
 * @param at the time of the log's block, in seconds since 1970
 * @throws {BeltError} `LEDGER_EVENT_INVALID` when the contract's event is not as this version knows it.
 */
export function decodeLog(names: Names, log: Log, at: number): LedgerEvent | undefined {
  for (const [name, fromBlock] of names.get(log.address) ?? []) {
    const known = interfaceOf(name);
    const fragment = known?.getEvent(log.topics[0] ?? "");
    if (!known || !fragment || fromBlock > log.blockNumber || !eventNames.has(fragment.name)) continue;
    return parseLedgerEvent({
      event: fragment.name,
      ...readParameters(known, fragment, log),
      block: log.blockNumber,
      blockHash: log.blockHash,
      transaction: log.transactionHash,
      logIndex: log.logIndex,
      at,
    });
  }
  return undefined;
}

function readParameters(known: Interface, fragment: EventFragment, log: Log): Record<string, unknown> {
  try {
    const values = known.decodeEventLog(fragment, log.data, log.topics).toArray();
    return Object.fromEntries(
      fragment.inputs.map((input, place) => [input.name, plain(fragment, input, values[place])]),
    );
  } catch (cause) {
    const at = `block ${log.blockNumber}, log ${log.logIndex}`;
    throw new BeltError(
      "LEDGER_EVENT_INVALID",
      `A log is not the ${fragment.name} event that it claims to be.`,
      {
        at,
        cause,
      },
    );
  }
}

/** A decoded value without the decoder's own types. */
function plain(fragment: EventFragment, input: ParamType, value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value);
  if (fragment.name === "AddressSet" && input.name === "name") return nameOf(String(value));
  return value;
}

/** A name of the directory: 32 bytes with a short text, or whatever else they are. */
function nameOf(bytes: string): string {
  try {
    return decodeBytes32String(bytes);
  } catch {
    return bytes;
  }
}
