import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FallbackFragment, FunctionFragment, Interface, isError } from "ethers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { interfaceOf, interfaces } from "../../nodes/ledger/contracts.ts";
import { governmentRows } from "./access/government.ts";
import { marketRows } from "./access/market.ts";
import { memberRows } from "./access/members.ts";
import type { Calling, Outcome, Row, Rows } from "./access/row.ts";
import { callers, type Scene, setScene } from "./access/scene.ts";
import { decisions, errors, type Governed, useLedger } from "./fixture.ts";

const rows: Readonly<Record<string, Rows>> = { ...memberRows, ...marketRows, ...governmentRows };
const cells: [name: string, contract: string, row: Row][] = Object.entries(rows).flatMap(([contract, own]) =>
  Object.entries(own).map(([name, row]): [string, string, Row] => [name, contract, row]),
);

const artifacts = fileURLToPath(new URL("../../artifacts/contracts", import.meta.url));
const Artifact = z.object({ contractName: z.string(), bytecode: z.string(), abi: z.array(z.unknown()) });

/** Every function of every contract that can be deployed and that may change something, by contract. */
async function writingFunctions(): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const file of await readdir(artifacts, { recursive: true })) {
    if (!file.endsWith(".json")) continue;
    const text = await readFile(join(artifacts, file), "utf8");
    const { contractName, bytecode, abi } = Artifact.parse(JSON.parse(text));
    if (bytecode === "0x") continue;
    const names = Interface.from(JSON.stringify(abi)).fragments.flatMap((fragment) => {
      if (FallbackFragment.isFragment(fragment)) return ["receive"];
      return FunctionFragment.isFragment(fragment) && !fragment.constant ? [fragment.name] : [];
    });
    // A library has no functions of its own.
    if (names.length !== 0) found[contractName] = names.toSorted();
  }
  return found;
}

let scene: Scene;
/** What carries out the decision on each row's call, once its time has come. */
const decided = new Map<Row, Governed>();
const ledger = useLedger(async (fresh) => {
  scene = await setScene(fresh);
  const governance: Interface = interfaces.Governance;
  const call = (step: string, ...values: readonly unknown[]): Governed => ({
    target: fresh.deployment.contracts.Governance,
    data: governance.encodeFunctionData(step, [...values]),
  });
  // A hundred decisions: the chain is asked for nothing but to take each step.
  const take = ({ target, data }: Governed) =>
    fresh.provider.send("eth_sendTransaction", [
      { from: fresh.address("consumer"), to: target, data, gas: "0x1c9c380" },
    ]);
  const proposals = [];
  for (const [name, contract, row] of cells) {
    const { content, opens, due } = await fresh.proposal("consumer", callOf(contract, name, row));
    const { targets, values, data, description, text, proposal } = content;
    await take(call("propose", targets, values, data, text));
    proposals.push({ row, opens, due, proposal, named: [targets, values, data, description] });
  }
  const last = proposals.at(-1);
  await fresh.travelTo(Number(await last?.opens()));
  for (const { proposal } of proposals) await take(call("castVote", proposal, 1));
  for (const { named } of proposals) await take(call("queue", ...named));
  await fresh.travelTo(Number(await last?.due()));
  for (const { row, named } of proposals) decided.set(row, call("execute", ...named));
});

function callOf(contract: string, name: string, { args }: Row): Governed {
  const known = interfaceOf(contract);
  const { directory, contracts } = scene;
  const target = new Map([["Directory", directory], ...Object.entries(contracts)]).get(contract);
  if (known === undefined || target === undefined) throw new Error(`there is no contract ${contract}`);
  return { target, data: name === "receive" ? "0x" : known.encodeFunctionData(name, [...args(scene)]) };
}

/** What becomes of a call. Nothing is kept of it. */
async function outcomeOf(from: string, { target, data }: Governed): Promise<Outcome> {
  try {
    await ledger().provider.call({ from, to: target, data });
    return "ok";
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    if (error.data === "0x") return "no contract";
    return errors.parseError(error.data ?? "0x")?.name ?? `unknown: ${error.message}`;
  }
}

describe("who may call what", () => {
  it("is said of every function that changes something, and of nothing else", async () => {
    const said = Object.entries(rows).map(([contract, own]) => [contract, Object.keys(own).toSorted()]);
    expect(Object.fromEntries(said)).toEqual(await writingFunctions());
  });

  it.each(cells)("%s of %s", async (name, contract, row) => {
    await row.first?.(scene);
    const call = callOf(contract, name, row);
    const found: Partial<Record<Calling, Outcome>> = {};
    for (const caller of callers) found[caller] = await outcomeOf(scene.address(caller), call);
    const carryOut = decided.get(row);
    if (carryOut === undefined) throw new Error("nothing was decided");
    found.decision = await outcomeOf(scene.address("stranger"), carryOut);
    const { others, ...named } = row.outcomes;
    const rest = [...callers, "decision" as const].map((caller) => [caller, named[caller] ?? others]);
    expect(found).toEqual(Object.fromEntries(rest));
  });
});

describe.each(["suspended", "removed"] as const)("who is %s meanwhile", (standing) => {
  it("begins nothing new, and ends what it has as before", async () => {
    const { suspend, remove } = decisions(ledger());
    const end = standing === "suspended" ? suspend : remove;
    const [consumer, producer] = [scene.address("consumer"), scene.address("producer")];
    await ledger().governBy(["bureau"], end(consumer), end(producer));
    const outcomes = async (from: string, contract: string, names: readonly string[]) => {
      const found: Record<string, Outcome> = {};
      for (const name of names) {
        const row = rows[contract]?.[name];
        if (row === undefined) throw new Error(`there is no ${name} of ${contract}`);
        found[name] = await outcomeOf(from, callOf(contract, name, row));
      }
      return found;
    };
    const begins = "NotActive";
    expect(await outcomes(consumer, "Bookings", ["book", "accept", "cancel", "dispute"])).toEqual({
      ...{ book: begins, accept: "ok", cancel: "ok", dispute: "ok" },
    });
    expect(await outcomes(producer, "Bookings", ["bookOffer", "bookProduct", "bookWithPermit"])).toEqual({
      ...{ bookOffer: begins, bookProduct: begins, bookWithPermit: begins },
    });
    expect(await outcomes(producer, "Bookings", ["report", "decline", "withdraw"])).toEqual({
      ...{ report: "ok", decline: "ok", withdraw: "ok" },
    });
    expect(await outcomes(producer, "Offers", ["publish", "supersede", "withdraw"])).toEqual({
      ...{ publish: begins, supersede: begins, withdraw: "ok" },
    });
    expect(await outcomes(producer, "Connections", ["accept", "decline"])).toEqual({
      ...{ accept: begins, decline: "ok" },
    });
    expect(await outcomes(consumer, "Connections", ["request", "withdraw", "end"])).toEqual({
      ...{ request: begins, withdraw: "ok", end: "ok" },
    });
    expect(await outcomes(producer, "Receipts", ["anchor"])).toEqual({ anchor: begins });
    expect(await outcomes(consumer, "Belts", ["withdrawEndorsement"])).toEqual({ withdrawEndorsement: "ok" });
    expect(await outcomes(consumer, "Consents", ["grant", "grantBySignature", "revoke"])).toEqual({
      // The producer, who was to use the data, may not any more.
      ...{ grant: begins, grantBySignature: begins, revoke: "ok" },
    });
  });
});
