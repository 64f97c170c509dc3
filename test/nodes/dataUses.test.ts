import { describe, expect, it } from "vitest";
import { dataUses } from "../../nodes/dataUses.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { ada, bob, hashOf } from "../pipeline/index/ledger.ts";

const use = { owner: bob, source: hashOf("source"), purpose: hashOf("purpose") };
const away = new BeltError("LEDGER_UNREACHABLE", "The ledger does not answer.");

/** A ledger that fails with each of these, and then says yes; who waits waits for nothing. */
function asking(...failures: readonly unknown[]) {
  const asked: unknown[] = [];
  const pauses: number[] = [];
  const left = [...failures];
  const mayUse = dataUses(
    {
      account: ada,
      async mayUse(uses) {
        asked.push(uses);
        if (left.length > 0) throw left.shift();
        return [true];
      },
    },
    { sleep: async (milliseconds) => void pauses.push(milliseconds) },
  );
  return { mayUse, asked, pauses };
}

describe("whether data may be used", () => {
  const signal = new AbortController().signal;

  it("is asked for this member, again while the ledger does not answer", async () => {
    const { mayUse, asked, pauses } = asking(away, away);
    expect(await mayUse(use, signal)).toBe(true);
    const question = [{ ...use, grantee: ada }];
    expect(asked).toEqual([question, question, question]);
    expect(pauses).toEqual([500, 500]);
  });

  it("is not asked again when nobody waits any more, or when it is no use", async () => {
    const { mayUse, pauses } = asking(away);
    await expect(mayUse(use, AbortSignal.abort())).rejects.toBe(away);
    const none = new BeltError("LEDGER_NO_DIRECTORY", "The directory names no Consents contract.");
    await expect(asking(none).mayUse(use, signal)).rejects.toBe(none);
    expect(pauses).toEqual([]);
  });

  it("is not asked of what the ledger does not know", async () => {
    const { mayUse, asked } = asking();
    await expect(mayUse({ ...use, owner: "somebody" }, signal)).rejects.toMatchObject({
      ...{ code: "INPUT_INVALID", at: "/owner" },
    });
    expect(asked).toEqual([]);
  });
});
