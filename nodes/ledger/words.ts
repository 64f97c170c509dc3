import { proposalStates } from "../../pipeline/governance/index.ts";
import { contractNamed, type IndexView } from "../../pipeline/index/index.ts";

/** What an account is called: its member's name, or what the directory names it; undefined when neither does. */
export type NameOf = (account: string) => string | undefined;

/** Names accounts by what the ledger says of them. */
export function namesIn(view: IndexView): NameOf {
  return (account) => {
    const member = [...view.profiles.values()].find((profile) => profile.member === account);
    if (member) return member.name;
    const contract = [...view.directory.keys()].find((name) => contractNamed(view, name) === account);
    return contract === undefined ? undefined : `the ${contract} contract`;
  };
}

/** Longer texts are cut off: a contract's parameter may be anything. */
const longestText = 200;

/**
 * Puts the parameters of a custom error into a sentence.
 *
 * @param template - text in which `{name}` stands for a parameter, `{name:time}` for one in seconds since 1970,
 * `{name:day}` for one in days since then, `{name:duration}` for one in seconds, and `{name:id}`, `{name:vote}` and `{name:standing}` for a proposal's number, its
 * state, and a member's standing
 */
export function inWords(
  template: string,
  parameters: Readonly<Record<string, string>>,
  nameOf: NameOf,
): string {
  return template.replaceAll(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, form: string | undefined) => {
    const value = parameters[name] ?? "";
    if (form === "time") return timeText(value);
    if (form === "duration") return durationText(value);
    if (form === "day") return timeText(String(BigInt(value) * 86_400n)).slice(0, 10);
    if (form === "id") return idText(value);
    if (form === "vote") return proposalStates[Number(value)] ?? value;
    if (form === "standing") return standings[Number(value)] ?? value;
    if (/^0x[0-9a-f]{40}$/.test(value)) return nameOf(value) ?? value;
    // Commands take the beginning of an id, and tables show it so.
    if (/^0x[0-9a-f]{64}$/.test(value)) return value.slice(0, 10);
    return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  });
}

/** A proposal's number as the beginning of its id, as commands take it. */
const idText = (value: string): string => `0x${BigInt(value).toString(16).padStart(64, "0").slice(0, 8)}`;

/** How an account stands in the consortium, by the contract's numbers. */
const standings = ["no member", "active", "suspended", "gone by itself", "removed"] as const;

/** The last moment that JavaScript's dates hold (ECMA-262, section 21.4.1.1), in seconds. */
const lastMoment = 8_640_000_000_000;

/** Seconds since 1970 as RFC 3339 text, in UTC. */
function timeText(seconds: string): string {
  const moment = Math.min(Number(seconds), lastMoment);
  return new Date(moment * 1_000).toISOString().replace(".000Z", "Z");
}

const units = [
  ["day", 86_400n],
  ["hour", 3_600n],
  ["minute", 60n],
] as const;

/** Seconds in the largest unit that holds them without a rest. */
function durationText(text: string): string {
  const seconds = BigInt(text);
  const [unit, size] = units.find(([, each]) => seconds > 0n && seconds % each === 0n) ?? ["second", 1n];
  const count = seconds / size;
  return `${count} ${unit}${count === 1n ? "" : "s"}`;
}
