import { describe, expect, it } from "vitest";
import type { Case } from "../../../../nodes/api/index.ts";
import type { Journey } from "../../../../nodes/cli/up/journey.ts";
import { outcomesOf, totalLines } from "../../../../nodes/cli/up/outcome.ts";
import { shellWord } from "../../../../nodes/cli/up/shellWord.ts";
import { readBeltFolder } from "../../../../nodes/network/beltFolder.ts";
import { beltFolder } from "../../../support/network.ts";

const belt = await readBeltFolder(beltFolder("mortgage-nl"));
const given = (...cases: readonly Omit<Case, "case" | "stations">[]): Case[] =>
  cases.map((each, number) => ({ case: number, stations: {}, ...each }));

const sheet: Journey["sheet"] = {
  sheet: `0x${"1".repeat(64)}`,
  belt: { id: `0x${"2".repeat(64)}`, name: "mortgage-nl", version: "2026.1", title: { en: "Mortgage" } },
  count: 2,
  bookedAt: "2026-03-02T12:00:00.000Z",
  deadline: "2026-03-02T12:02:00.000Z",
  state: "finished",
  stations: [],
};
const journey: Journey = {
  sheet,
  cases: given({ state: "done", result: {} }, { state: "done", result: {} }),
  milliseconds: 1_940,
  hops: 16,
  ledger: {
    ...{ bookings: 1, reports: 8, settlements: 8, heads: 3, anchored: 16, transactions: 20 },
    credit: { escrowed: 500n, paid: 450n, refunded: 50n, held: 0n },
  },
};

describe("what became of the cases", () => {
  it("is the belt's answer with its reasons, or why there is none", () => {
    const outcomes = outcomesOf(
      belt,
      given(
        { state: "done", result: { answer: "yes", reasons: [] }, seconds: 1.2 },
        { state: "done", result: { answer: "no", reasons: ["score-low", "lacks-hours"] } },
        {
          state: "done",
          result: {
            answer: "no",
            reasons: [
              { code: "TOO_LOW", en: "Too low.", nl: "Te laag." },
              { code: "OTHER", en: "Too much." },
            ],
          },
        },
        { state: "not done", reason: { station: "income", status: "failed", text: "Out of order." } },
        { state: "travelling" },
        { state: "done", result: { sum: 3 } },
      ),
    );
    expect(outcomes.map(({ reference, answer, reason }) => [reference, answer, reason])).toEqual([
      ["TEST-01", "yes", ""],
      ["TEST-02", "no", "score-low, lacks-hours"],
      ["TEST-03", "no", "Too low. Too much."],
      ["TEST-04", "", "income failed: Out of order."],
      ["TEST-05", "", ""],
      ["TEST-06", '{"sum":3}', ""],
    ]);
    expect(outcomes[0]?.seconds).toBe(1.2);
  });

  it("took so long, and so many hops and transactions; the work by hand is said to be an assumption", () => {
    const lines = totalLines(belt, journey);
    expect(lines).toEqual([
      "2 cases in 1.9 seconds.",
      "16 hops: a signed receipt each; 16 receipts are anchored on the ledger.",
      "20 transactions on the ledger, which hold 1 booking, 8 stations' reports, 8 payments, 3 anchored heads.",
      "Credit: 500 escrowed, 450 paid for what is done, 50 refunded; nothing is left in escrow.",
      expect.stringMatching(
        /^By hand: 375 minutes a case, 13 hours of work for the 2\. An assumption, not a /,
      ),
    ]);
    const { baseline: _, ...withoutBaseline } = belt.template;
    expect(totalLines({ ...belt, template: withoutBaseline }, journey)).toHaveLength(4);
  });
});

describe("a word of a command line", () => {
  it.each([
    ["/tmp/belt-up-a/lender/belt.config.json", "/tmp/belt-up-a/lender/belt.config.json"],
    ["/tmp/my data", "'/tmp/my data'"],
    ["it's", `'it'\\''s'`],
    ["$(x)", "'$(x)'"],
    ["", "''"],
  ])("%j is %s", (text, word) => expect(shellWord(text)).toBe(word));
});
