import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { CheckedStore } from "../../../nodes/store/index.ts";
import { type Addresses, readBeats, textOf } from "../../../nodes/workers/records.ts";
import { closed, number } from "../../support/closed.ts";
import { library, type MachineHere, type Machines, setUpMachines } from "../../support/machines.ts";

/** Half of the cases are held up until there is a file, so that whoever works on them is killed in the middle of it. */
const module = `
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { defineStation } from ${JSON.stringify(library)};
const n = { type: "number" };
export default defineStation({
  name: "double",
  version: "1.0.0",
  input: { type: "object", properties: { n }, required: ["n"], additionalProperties: false },
  output: { type: "object", properties: { twice: n }, required: ["twice"], additionalProperties: false },
  async process({ n }) {
    const go = new URL("go", import.meta.url);
    while (n % 2 === 1 && !existsSync(go)) await setTimeout(20);
    return { twice: 2 * n };
  },
});
`;

export const belt = {
  ...{ belt: "doubles", version: "1", parent: null, title: { en: "Doubles" } },
  case: closed({ n: number }),
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

/** The member shop, whose node runs, and north, which has the station. */
export interface Doubles {
  readonly machines: Machines;
  readonly shop: MachineHere;
  /** Lets go of the cases that are held up. */
  release(): Promise<void>;
}

export function useDoubles(): Doubles {
  let machines: Machines | undefined;
  let shop: MachineHere | undefined;
  beforeAll(async () => {
    // All cases that are held up are in hand at the same time.
    machines = await setUpMachines({ shop: [], north: [{ module }] }, { limits: { concurrency: 512 } });
    shop = await machines.member("shop").run();
  });
  afterAll(async () => {
    await shop?.stop();
    await machines?.end();
  });
  const doubles = {
    get machines() {
      return machines ?? expect.fail("the machines are not set up");
    },
    get shop() {
      return shop ?? expect.fail("the shop does not run");
    },
    release: () => writeFile(join(doubles.machines.member("north").folder, "go"), ""),
  };
  return doubles;
}

/** Where the worker is that leads, once it has said so. */
export async function leadIn(kept: CheckedStore): Promise<Addresses | undefined> {
  const leads = textOf((await kept.get("claim/lead")) ?? Buffer.alloc(0));
  return (await readBeats(kept)).get(leads)?.at;
}

/** How many cases of these sheets are done. */
export async function doneOf(shop: MachineHere, sheets: readonly string[]): Promise<number> {
  const cases = await Promise.all(sheets.map((sheet) => shop.operations.cases(sheet)));
  return cases.flat().filter(({ state }) => state === "done").length;
}
