import {
  AbiCoder,
  concat,
  decodeBytes32String,
  type EventFragment,
  Fragment,
  ParamType,
  toBeHex,
} from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, eventNames, type LedgerEvent, parseLedgerEvent } from "../../pipeline/index/index.ts";
import { interfaces } from "./contracts.ts";
import type { Log } from "./wire.ts";

/** The names of contracts by address, each with the block from which it counts. */
export type Names = ReadonlyMap<Address, ReadonlyMap<string, number>>;

const coder = AbiCoder.defaultAbiCoder();

/** An event of a contract, taken apart once: ethers hashes its signature anew for each log. */
interface KnownEvent {
  readonly name: string;
  readonly topic: string;
  /** The parameters that have a topic of their own, and those that are in the data. */
  readonly indexed: readonly Parameter[];
  readonly others: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly isAddress: boolean;
  /** As what it is decoded. As an address, ethers would give it a checksum by upper and lower case, which costs a hash. */
  readonly type: ParamType;
}

const word = ParamType.from("uint256");

function parameterOf(input: ParamType): Parameter {
  const isAddress = input.type === "address";
  return { name: input.name, isAddress, type: isAddress ? word : input };
}

/** The events that the index reads, by the names of their contracts and by their first topics. */
const known: ReadonlyMap<string, ReadonlyMap<string, KnownEvent>> = new Map(
  Object.entries(interfaces).map(([contract, { fragments }]) => {
    const events = fragments.filter(Fragment.isEvent).filter(({ name }) => eventNames.has(name));
    return [contract, new Map(events.map((fragment) => [fragment.topicHash, knownEvent(fragment)]))];
  }),
);

function knownEvent({ name, topicHash: topic, inputs }: EventFragment): KnownEvent {
  const { indexed = [], others = [] } = Object.groupBy(inputs, (input) =>
    input.indexed ? "indexed" : "others",
  );
  return { name, topic, indexed: indexed.map(parameterOf), others: others.map(parameterOf) };
}

/** The first topics of the events that the index reads and that have one of these names. */
export function topicsOf(names: ReadonlySet<string>): readonly string[] {
  const all = [...known.values()].flatMap((events) => [...events.values()]);
  return all.filter(({ name }) => names.has(name)).map(({ topic }) => topic);
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
    const event = known.get(name)?.get(log.topics[0] ?? "");
    if (!event || fromBlock > log.blockNumber) continue;
    return parseLedgerEvent({
      event: event.name,
      ...readParameters(event, log),
      block: log.blockNumber,
      blockHash: log.blockHash,
      transaction: log.transactionHash,
      logIndex: log.logIndex,
      at,
    });
  }
  return undefined;
}

function readParameters(event: KnownEvent, { topics, data, ...log }: Log): Record<string, unknown> {
  const { indexed, others } = event;
  try {
    // A topic is one word, and so are the parameters that have one: none of the contracts indexes a text or a list.
    const words = concat(topics.slice(1));
    return Object.fromEntries([...valuesOf(event, indexed, words), ...valuesOf(event, others, data)]);
  } catch (cause) {
    throw new BeltError(
      "LEDGER_EVENT_INVALID",
      `A log is not the ${event.name} event that it claims to be.`,
      {
        at: `block ${log.blockNumber}, log ${log.logIndex}`,
        cause,
      },
    );
  }
}

function valuesOf(event: KnownEvent, params: readonly Parameter[], data: string): [string, unknown][] {
  const types = params.map(({ type }) => type);
  const values = coder.decode(types, data).toArray();
  return params.map((param, place) => [param.name, plain(event, param, values[place])]);
}

/** A decoded value without the decoder's own types. */
function plain({ name }: KnownEvent, input: Parameter, value: unknown): unknown {
  if (input.isAddress && typeof value === "bigint") return toBeHex(value, 20);
  if (Array.isArray(value)) return Array.from(value);
  if (name === "AddressSet" && input.name === "name") return nameOf(String(value));
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
