import { expect, test } from "vitest";
import { defineStation, Unprocessable } from "../../../nodes/stations/index.ts";
import { run } from "./support.ts";

const contract = {
  name: "double",
  version: "1.0.0",
  input: { type: "object", properties: { amount: { type: "integer" } }, required: ["amount"] },
  output: { type: "object", properties: { twice: { type: "integer" } }, required: ["twice"] },
};

test("a function's answer is the station's output, whether it is a promise or not", async () => {
  const now = defineStation({
    ...contract,
    process: (input: { amount: number }) => ({ twice: 2 * input.amount }),
  });
  const later = defineStation({
    ...contract,
    process: async (input: { amount: number }) => ({ twice: 2 * input.amount }),
  });
  expect(await run(now, { amount: 21 })).toEqual({ status: "done", output: { twice: 42 } });
  expect(await run(later, { amount: 21 })).toEqual({ status: "done", output: { twice: 42 } });
});

test("the context tells the time, the case's key and the station's settings", async () => {
  const station = defineStation({
    ...contract,
    output: { type: "object", additionalProperties: true },
    process: (_input, { now, key, settings }) => ({ now, key, settings }),
  });
  const outcome = await run(
    station,
    {},
    { now: 1_767_225_600_000, key: "k-1", settings: { region: "north" } },
  );
  expect(outcome).toEqual({
    status: "done",
    output: { now: 1_767_225_600_000, key: "k-1", settings: { region: "north" } },
  });
});

test("Unprocessable says that the case cannot be processed, any other error that the station could not", async () => {
  const refusing = defineStation({
    ...contract,
    process: () => {
      throw new Unprocessable("The register does not know the person.");
    },
  });
  const failing = defineStation({ ...contract, process: () => Promise.reject(new Error("Out of tables.")) });
  expect(await run(refusing, {})).toEqual({
    status: "unprocessable",
    reason: "The register does not know the person.",
  });
  expect(await run(failing, {})).toEqual({
    status: "failed",
    reason: "Out of tables.",
    code: "STATION_FAILED",
  });
});
