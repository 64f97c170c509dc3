import { ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { eventsOf, hash, plain, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const largest = 2n ** 40n - 1n;

/** A root of which every byte counts, and what the contract keeps of it: 27 bytes. */
const rootOf = (number: number) => `0x${number.toString(16).padStart(2, "0").repeat(32)}`;
const kept = (root: string) => root.slice(0, 2 + 2 * 27);

describe("Receipts", () => {
  it("anchors heads of growing size, each member its own", async () => {
    const { receipts } = ledger().as("bank");
    const member = ledger().address("bank");
    expect(plain(await receipts.headOf(member))).toEqual({ root: kept(ZeroHash), size: 0n });
    for (const [size, root] of [
      [1n, rootOf(1)],
      [2n, rootOf(2)],
      [largest, rootOf(3)],
    ] as const) {
      expect(await eventsOf(receipts.anchor(size, root), receipts)).toEqual([
        { event: "HeadAnchored", member, size, root },
      ]);
      expect(plain(await receipts.headOf(member))).toEqual({ root: kept(root), size });
    }
    await ledger().as("bureau").receipts.anchor(1, rootOf(4));
    expect((await receipts.headOf(member)).root).toBe(kept(rootOf(3)));
  });

  it("refuses a size that no log has", async () => {
    for (const size of [largest + 1n, 2n ** 64n - 1n]) {
      expect(await refusal(ledger().as("bank").receipts.anchor(size, hash(1)))).toEqual({
        error: "SizeOutOfBounds",
        size,
      });
    }
  });

  it("refuses a size that did not grow, the same root or another", async () => {
    const { receipts } = ledger().as("bank");
    const member = ledger().address("bank");
    expect(await refusal(receipts.anchor(0, hash(1)))).toEqual({
      error: "SizeNotGrown",
      member,
      size: 0n,
      anchored: 0n,
    });
    await receipts.anchor(5, hash(1));
    for (const [size, root] of [
      [5n, hash(1)],
      [5n, hash(2)],
      [4n, hash(1)],
      [0n, hash(1)],
    ] as const) {
      expect(await refusal(receipts.anchor(size, root))).toEqual({
        error: "SizeNotGrown",
        member,
        size,
        anchored: 5n,
      });
    }
    expect(plain(await receipts.headOf(member))).toMatchObject({ root: kept(hash(1)), size: 5n });
  });

  it("refuses no root, and an account that is no member", async () => {
    expect(await refusal(ledger().as("bank").receipts.anchor(1, ZeroHash))).toEqual({ error: "RootMissing" });
    for (const role of ["deployer", "stranger"] as const) {
      expect(await refusal(ledger().as(role).receipts.anchor(1, hash(1)))).toEqual({
        error: "NotActive",
        account: ledger().address(role),
      });
    }
  });
});
