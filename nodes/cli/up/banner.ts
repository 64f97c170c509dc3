import { join } from "node:path";
import type { Network } from "../../network/index.ts";
import { type Column, print, printTable, styled } from "../output.ts";
import type { Journey } from "./journey.ts";
import { type CaseOutcome, outcomesOf } from "./outcome.ts";
import { shellWord } from "./shellWord.ts";

type Member = Network["members"][number];

const columns: readonly Column<Member>[] = [
  { title: "MEMBER", of: ({ name }) => name },
  { title: "PARTNERS REACH IT AT", of: ({ url }) => url },
  { title: "ITS OPERATOR AT", of: ({ apiUrl }) => apiUrl },
  { title: "PROCESS", of: ({ pid }) => pid, align: "right" },
];

/** Says what runs where, what lasts, and what to try next. */
export function printBanner(
  network: Network,
  journey: Journey,
  { temporary }: { readonly temporary: boolean },
): void {
  const { members, chain, deployment, data, setAside } = network;
  print();
  print(styled("bold", "The network is up. Ctrl-C stops it."));
  print();
  printTable(members, columns, "");
  print();
  print(`Chain    ${chain.url}, chain id ${deployment.chainId}, directory ${deployment.directory}`);
  print(`Data     ${data}${temporary ? ", deleted when the network stops (--data FOLDER keeps it)" : ""}`);
  print(`Tokens   ${join(data, "MEMBER", "keys", "api-token")}; the commands find them by --config`);
  print(`Lasts    ${lasting(network, temporary)}`);
  for (const store of setAside) print(`         The store of an earlier chain is kept in ${store}`);
  print();
  print(styled("bold", "Try next, in another terminal:"));
  for (const [line, what] of nextSteps(network, journey)) print(`  ${line}\n    ${styled("dim", what)}`);
}

function lasting({ chain }: Network, temporary: boolean): string {
  const ledger =
    chain.pid === undefined
      ? "the chain is not ours and stays"
      : "the chain is in memory and ends with this command";
  return temporary
    ? `nothing of it: ${ledger}, keys and stores go with the folder`
    : `keys, stores, databases and logs stay in the data folder; ${ledger}`;
}

/** Three commands that show something that is worth seeing now. */
export function nextSteps(
  { belt, consumer, chain, data }: Network,
  { sheet, cases }: Journey,
): readonly (readonly [line: string, what: string])[] {
  const at = `--config ${shellWord(consumer.config)}`;
  const shown = interesting(outcomesOf(belt, cases));
  const what =
    shown.state === "done"
      ? `what every station did with case ${shown.reference}`
      : `why case ${shown.reference} has no answer`;
  const file = shellWord(join(belt.folder, belt.members.cases));
  return [
    [`npx belt case show ${sheet.sheet.slice(0, 10)} ${shown.case} ${at}`, what],
    [
      `npx belt ledger bookings --rpc ${chain.url} --deployment ${shellWord(join(data, "deployment.json"))}`,
      "what the ledger says of it to an auditor, who needs no node",
    ],
    [`npx belt book ${belt.template.belt} ${file} --watch ${at}`, "book the cases again, as the consumer"],
  ];
}

/** The case that shows most: one that a station could not do, else the first. */
function interesting(outcomes: readonly CaseOutcome[]): CaseOutcome {
  const found = outcomes.find(({ state }) => state !== "done") ?? outcomes[0];
  if (found === undefined) throw new RangeError("Every sheet has a case.");
  return found;
}
