import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";
import type { Case } from "../../api/index.ts";
import type { BeltFolder, Network } from "../../network/index.ts";
import { type Column, print, printTable, styled, titleOf } from "../output.ts";
import type { Journey } from "./journey.ts";

/** What became of one case. */
export interface CaseOutcome {
  readonly case: number;
  /** What the consumer calls it, when the case says so. */
  readonly reference: string;
  readonly state: Case["state"];
  /** The belt's answer; empty without one. */
  readonly answer: string;
  readonly reason: string;
  readonly seconds: number | undefined;
}

export function outcomesOf({ cases }: BeltFolder, ended: readonly Case[]): readonly CaseOutcome[] {
  return ended.map(({ case: number, state, result, reason, seconds }) => ({
    case: number,
    reference: textOf(cases[number]?.["reference"]) || String(number),
    state,
    answer: state === "done" ? answerOf(result) : "",
    reason: reason === undefined ? reasonsOf(result) : `${reason.station} ${reason.status}: ${reason.text}`,
    seconds,
  }));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Belts of the examples call it `answer`; of another, all of its result is. */
const answerOf = (result: JsonObject = {}): string => textOf(result["answer"]) || JSON.stringify(result);

/** Reasons are codes, or sentences by language with a code. */
function reasonsOf({ reasons }: JsonObject = {}): string {
  if (!Array.isArray(reasons)) return "";
  const words = reasons
    .map((reason: Json) => (isObject(reason) ? wordsOf(reason) : textOf(reason)))
    .filter(Boolean);
  return words.join(words.every((each) => each.endsWith(".")) ? " " : ", ");
}

function wordsOf({ code, ...texts }: JsonObject): string {
  const byLanguage = Object.entries(texts).filter(
    (each): each is [string, string] => typeof each[1] === "string",
  );
  return titleOf(Object.fromEntries(byLanguage)) || textOf(code);
}

/** @param width - of the terminal; reasons that do not fit are cut, and `belt case show` has all of them */
function columnsOf(outcomes: readonly CaseOutcome[], width: number): readonly Column<CaseOutcome>[] {
  const references = Math.max(...outcomes.map(({ reference }) => reference.length), "CASE".length);
  const answers = Math.max(...outcomes.map(answerShown).map(({ length }) => length), "ANSWER".length);
  const room = Math.max(20, width - references - answers - "  ".length * 3 - "SECONDS".length);
  return [
    { title: "CASE", of: ({ reference }) => reference },
    { title: "ANSWER", of: answerShown, style: ({ state }) => (state === "done" ? undefined : "yellow") },
    { title: "SECONDS", of: ({ seconds }) => seconds?.toFixed(1), align: "right" },
    // Last, since it may be long.
    {
      title: "REASON",
      of: ({ reason }) => (reason.length > room ? `${reason.slice(0, room - 1)}…` : reason),
    },
  ];
}

const answerShown = ({ answer, state }: CaseOutcome): string => answer || state;

/** Prints a row for each case, and what it all took. */
export function printOutcome(network: Network, journey: Journey): void {
  print();
  const outcomes = outcomesOf(network.belt, journey.cases);
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  printTable(outcomes, columnsOf(outcomes, width), "The sheet has no cases.");
  print();
  for (const line of totalLines(network.belt, journey)) print(line);
}

/** What the sheet took, in sentences. */
export function totalLines({ template }: BeltFolder, journey: Journey): readonly string[] {
  const { cases, hops, milliseconds, ledger } = journey;
  const took = (milliseconds / 1000).toFixed(1);
  const { bookings, reports, settlements, heads, anchored, transactions, credit } = ledger;
  const { escrowed, paid, refunded, held } = credit;
  const left = held === 0n ? "nothing is left in escrow" : `${held} still in escrow`;
  const lines = [
    styled("bold", `${cases.length} cases in ${took} seconds.`),
    `${hops} hops: a signed receipt each; ${anchored} receipts are anchored on the ledger.`,
    `${transactions} transactions on the ledger, which hold ${bookings} booking, ${reports} stations' reports, ${settlements} payments, ${heads} anchored heads.`,
    `Credit: ${escrowed} escrowed, ${paid} paid for what is done, ${refunded} refunded; ${left}.`,
  ];
  const { baseline } = template;
  if (baseline === undefined) return lines;
  const hours = Math.round((baseline.manualMinutes * cases.length) / 60);
  return [
    ...lines,
    `By hand: ${baseline.manualMinutes} minutes a case, ${hours} hours of work for the ${cases.length}. ${baseline.source}`,
  ];
}
