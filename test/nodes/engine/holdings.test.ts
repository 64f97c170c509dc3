import { expect, test } from "vitest";
import { createHoldings } from "../../../nodes/engine/holdings.ts";

/** Holdings over a store that has the claims of one worker, and takes as long to give one back as a test wants. */
function holdingsWith(release: () => Promise<void>) {
  const claims = new Set<string>();
  const holdings = createHoldings({
    share: {
      leads: false,
      async claim(sheet) {
        const found = claims.has(sheet) ? "left" : "free";
        claims.add(sheet);
        return found;
      },
      async release(sheet) {
        await release();
        claims.delete(sheet);
      },
      turn: () => expect.fail("The log is not asked for."),
    },
    refresh() {},
    takeUp: async () => {},
    isThrough: () => true,
  });
  return { claims, holdings };
}

test("a tray that comes while its sheet is let go of has it claimed again, and not without a claim", async () => {
  const gate = Promise.withResolvers<void>();
  const { claims, holdings } = holdingsWith(() => gate.promise);
  await holdings.hold("a");
  const sweeping = holdings.sweep();
  await expect.poll(() => holdings.has("a")).toBe(false);
  const again = holdings.hold("a");
  gate.resolve();
  await Promise.all([sweeping, again]);
  expect(holdings.has("a")).toBe(true);
  expect([...claims]).toEqual(["a"]);
});

test("a sheet that could not be let go of is let go of with the next sweep", async () => {
  let fails = true;
  const { claims, holdings } = holdingsWith(async () => {
    if (fails) throw new Error("the disk is full");
  });
  await holdings.hold("a");
  await expect(holdings.sweep()).rejects.toThrow("the disk is full");
  expect(holdings.has("a")).toBe(true);
  fails = false;
  await holdings.sweep();
  expect(holdings.has("a")).toBe(false);
  expect([...claims]).toEqual([]);
});
