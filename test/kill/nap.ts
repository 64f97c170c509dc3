import { defineTimerStation } from "../../nodes/index.ts";

const schema = {
  type: "object",
  properties: { n: { type: "number" } },
  required: ["n"],
  additionalProperties: false,
};

/** Adds one after a moment: a timer works within its node, and has a wait to keep. */
export default defineTimerStation<{ n: number }, { n: number }>({
  name: "nap",
  version: "1.0.0",
  input: schema,
  output: schema,
  until: (_input, { startedAt }) => startedAt + 20,
  after: ({ n }) => ({ n: n + 1 }),
});
