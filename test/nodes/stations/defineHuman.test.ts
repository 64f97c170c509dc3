import { expect, test } from "vitest";
import { defineHumanStation } from "../../../nodes/stations/index.ts";
import { run } from "./support.ts";

const contract = {
  name: "references",
  version: "1.0.0",
  input: { type: "object", properties: { referee: { type: "string" } }, required: ["referee"] },
  output: {
    type: "object",
    properties: { positive: { type: "boolean" } },
    required: ["positive"],
  },
};
interface Input {
  referee: string;
}

test("a case waits as a task, and the person sees the form", async () => {
  const station = defineHumanStation<Input>({ ...contract, form: ({ referee }) => ({ call: referee }) });
  expect(await run(station, { referee: "Referee 1" })).toEqual({
    status: "task",
    form: { call: "Referee 1" },
  });
});

test("without a form the person sees the input", async () => {
  expect(await run(defineHumanStation(contract), { referee: "Referee 1" })).toEqual({
    status: "task",
    form: { referee: "Referee 1" },
  });
});

test("the answer is the output", async () => {
  const outcome = await run(
    defineHumanStation(contract),
    { referee: "Referee 1" },
    {},
    {
      resumed: { from: "task", answer: { positive: true } },
    },
  );
  expect(outcome).toEqual({ status: "done", output: { positive: true } });
});

test.each([
  ["misses a field", {}],
  ["has a field of another type", { positive: "yes" }],
  ["has a field too many", { positive: true, gossip: "much" }],
])("an answer that %s is refused", async (_, answer) => {
  const outcome = await run(
    defineHumanStation(contract),
    { referee: "Referee 1" },
    {},
    {
      resumed: { from: "task", answer },
    },
  );
  expect(outcome).toMatchObject({ status: "failed", code: "STATION_OUTPUT_REFUSED" });
});

test("a form that is no JSON is refused", async () => {
  const station = defineHumanStation<Input>({ ...contract, form: () => ({ since: new Date(0) }) });
  expect(await run(station, { referee: "Referee 1" })).toMatchObject({
    status: "failed",
    code: "STATION_OUTPUT_REFUSED",
  });
});
