import { expect, test } from "vitest";
import { readiness } from "../../nodes/readiness.ts";
import { BeltError } from "../../pipeline/errors.ts";

const following = {
  phase: "following",
  reason: undefined,
  latest: 7,
  latestAt: 1_772_366_400,
  finalized: 7,
} as const;
const full = new BeltError("STORE_FAILED", "The node's store fails: No space left on device");

test.each<[string, { readonly refusal?: BeltError; readonly damaged?: string[] }, string[]]>([
  ["that can work", {}, []],
  [
    "whose disk is full",
    { refusal: full },
    ["STORE_FAILED: The node's store fails: No space left on device"],
  ],
  [
    "with a damaged record",
    { damaged: ["inbox/a"] },
    ["STORE_DAMAGED: The record inbox/a is not as it was written."],
  ],
  [
    "with many",
    { damaged: ["inbox/a", "inbox/b", "own/c"] },
    ["STORE_DAMAGED: The record inbox/a and 2 more is not as it was written."],
  ],
])("a node %s", (_what, { refusal, damaged = [] }, reasons) => {
  const found = readiness({
    ledger: { state: () => following },
    engine: { refusal: () => refusal },
    store: { damaged: () => damaged },
  });
  expect(found).toEqual(reasons);
});
