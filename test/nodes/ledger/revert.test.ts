import { Interface } from "ethers";
import { describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { decodeRevert, LedgerRevert, type RevertContext } from "../../../nodes/ledger/revert.ts";
import { inWords } from "../../../nodes/ledger/words.ts";
import { ada } from "../../pipeline/index/ledger.ts";

const sheet = `0x${"5e".repeat(32)}`;
const nobody = () => undefined;

/** What is said when a call of `book` gives this data. */
const said = (data: string | undefined, context?: RevertContext) =>
  new LedgerRevert("book", decodeRevert(data), context);

describe("reverts", () => {
  it("are decoded by every contract's errors", () => {
    const data = interfaces.Bookings.encodeErrorResult("CostExceeded", [10n, 9n]);
    expect(decodeRevert(data)).toEqual({ error: "CostExceeded", parameters: { cost: "10", maxCost: "9" } });
    const active = interfaces.Profiles.encodeErrorResult("NotActive", [ada]);
    expect(decodeRevert(active)).toEqual({ error: "NotActive", parameters: { account: ada } });
  });

  it("that nobody knows are given as they are", () => {
    expect(decodeRevert("0xdeadbeef")).toEqual({ error: "", parameters: { data: "0xdeadbeef" } });
    expect(decodeRevert(undefined)).toEqual({ error: "", parameters: {} });
    const cut = interfaces.Bookings.encodeErrorResult("CostExceeded", [10n, 9n]).slice(0, 40);
    expect(decodeRevert(cut)).toEqual({ error: "", parameters: { data: cut } });
  });

  it("are said with amounts, times, and the names of members", () => {
    expect(said(interfaces.Bookings.encodeErrorResult("CostExceeded", [10n, 9n]))).toMatchObject({
      code: "LEDGER_VALUE_REFUSED",
      message: "The ledger refuses to book: the sheet costs 10, more than the 9 that may be spent.",
      remedy: "Allow more, such as with --max-cost, or book fewer cases.",
      retryable: false,
    });
    const late = interfaces.Bookings.encodeErrorResult("WindowOpen", [
      sheet,
      2,
      1_800_000_000,
      1_799_999_999,
    ]);
    expect(said(late)).toMatchObject({
      code: "LEDGER_TOO_EARLY",
      message:
        "The ledger refuses to book: the consumer can look at the report of station 2 of sheet 0x5e5e5e5e until 2027-01-15T08:00:00Z, and it is 2027-01-15T07:59:59Z.",
      retryable: true,
    });
    const other = interfaces.Offers.encodeErrorResult("NotOfferMember", [sheet, ada, `0x${"1".repeat(40)}`]);
    const nameOf = (account: string) => (account === ada ? "ada" : undefined);
    expect(said(other, { nameOf }).message).toBe(
      `The ledger refuses to book: offer 0x5e5e5e5e is that of ada, and not of 0x${"1".repeat(40)}.`,
    );
  });

  it("that no contract explains say so in words, and nothing of how nodes call it", () => {
    const rows: readonly [data: string | undefined, words: string | undefined, message: RegExp][] = [
      [undefined, undefined, /: a contract does not say why\.$/],
      [undefined, "execution reverted", /: a contract does not say why\.$/],
      [
        undefined,
        "VM Exception while processing transaction: reverted without reason",
        /: without reason\.$/,
      ],
      [undefined, "execution reverted: too dear", /: too dear\.$/],
      [
        "0xdeadbeef",
        "execution reverted",
        /: a contract gives the error 0xdeadbeef, which this version does/,
      ],
      [
        new Interface(["error Error(string)"]).encodeErrorResult("Error", ["{no} allowance"]),
        "execution reverted",
        /: the contract says "\{no\} allowance"\.$/,
      ],
      [
        new Interface(["error Panic(uint256)"]).encodeErrorResult("Panic", [17]),
        undefined,
        /must not be \(Solidity's panic 17\)\.$/,
      ],
    ];
    for (const [data, words, message] of rows) {
      const revert = said(data, { words });
      expect(revert.message).toMatch(message);
      expect(revert.message).not.toMatch(/execution reverted|VM Exception/i);
      expect(revert.code).toBe("LEDGER_REVERTED");
    }
  });
});

describe("parameters in words", () => {
  it.each([
    ["30", "30 seconds"],
    ["60", "1 minute"],
    ["90", "90 seconds"],
    ["7200", "2 hours"],
    ["2592000", "30 days"],
    ["0", "0 seconds"],
  ])("are durations: %s", (seconds, words) => {
    expect(inWords("{window:duration}", { window: seconds }, nobody)).toBe(words);
  });

  it("are times, however far away", () => {
    const until = (2n ** 64n - 1n).toString();
    expect(inWords("{until:time}", { until }, nobody)).toBe("+275760-09-13T00:00:00Z");
  });

  it("are cut off when they are long", () => {
    expect(inWords("{url}", { url: "x".repeat(300) }, nobody)).toBe(`${"x".repeat(200)}…`);
  });
});
