import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WriteStream } from "node:tty";
import { describe, expect, it, vi } from "vitest";
import { placesOf } from "../../../nodes/cli/places.ts";
import { createTransactionShow, stepOf } from "../../../nodes/cli/transactionShow.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { errorLine, run } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { belt, offer, transaction } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";

async function served() {
  const node = await serveMemoryNode();
  const command = (args: readonly string[], input?: string) =>
    input === undefined ? runHere(args, { folder: node.folder }) : run(args, { folder: node.folder, input });
  return { ...node, command };
}

const template = {
  ...belt.document,
  stations: { greet: { offer: "greet", needs: { "/name": "case#/name" } } },
};

describe("a dry run", () => {
  it("of every command that writes says what it would cost, and does nothing", async () => {
    const { command, folder, operations } = await served();
    await writeFile(join(folder, "belt.json"), JSON.stringify(template));
    await writeFile(join(folder, "cases.json"), '[{"name": "Ann"}, {"name": "Bo"}]');
    const rows: readonly (readonly [args: readonly string[], what: string, escrow?: string])[] = [
      [["offer", "publish", "greet", "--price", "1", "--deadline", "1m"], "publish the offer"],
      [["offer", "withdraw", "greet"], "withdraw the offer"],
      [["belt", "publish", "belt.json"], "publish the belt"],
      [["book", "greeting", "cases.json", "--watch"], "book", "4"],
    ];
    const before = await readdir(folder);
    const runs = rows.map(async ([args, what, escrow]) => {
      const { code, stdout, stderr } = await command([...args, "--dry-run"]);
      const held = escrow === undefined ? [] : [`${escrow} credit would be held in escrow.`];
      expect([code, stderr, stdout.split("\n")]).toEqual([
        0,
        "",
        [
          expect.stringMatching(/^TRANSACTION +GAS AT MOST +FEE AT MOST, IN WEI$/),
          expect.stringMatching(new RegExp(`^${what} +50000 +100000$`)),
          ...held,
          "This was a dry run: nothing is signed, sent or kept.",
          "",
        ],
      ]);
    });
    await Promise.all(runs);
    expect(await operations.sheets()).toEqual([]);
    expect(await operations.offers({ mine: false })).toEqual([offer]);
    expect(await readdir(folder)).toEqual(before);
  });

  it("is data with --json, a refusal too, whose exit code it has", async () => {
    const { command, operations } = await served();
    const fine = await command(["book", "greeting", "-", "--dry-run", "--json"], '{"name": "Ann"}');
    expect(fine).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(fine.stdout)).toEqual({
      ...{ dryRun: true, ok: true, escrow: "2" },
      transactions: [{ what: "book", already: false, gas: "50000", fee: "100000" }],
    });
    const wrong = await command(["book", "greeting", "-", "--dry-run", "--json"], '{"name": "Ann"}\n{}\n');
    expect(wrong).toMatchObject({ code: 2, stderr: "" });
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      ...{ dryRun: true, ok: false },
      problem: { code: "CASE_INVALID", at: "standard input:2#/name", retryable: false },
    });
    const remedy = "Give a deadline between these times, such as with --deadline, or leave it out.";
    operations.failure = new BeltError("LEDGER_VALUE_REFUSED", "It is too soon.", { remedy });
    const refused = await command(["offer", "withdraw", offer.offer, "--dry-run"]);
    expect(refused).toMatchObject({
      ...{ code: 2, stdout: "" },
      stderr: `LEDGER_VALUE_REFUSED: It is too soon. ${remedy}\n`,
    });
  });
});

describe("a refusal names what the command calls it", () => {
  it("of an offer", async () => {
    const { command, operations } = await served();
    operations.failure = new BeltError("INPUT_INVALID", "It is wrong.", { at: "/validDays" });
    const { stdout, stderr } = await command(["offer", "publish", "x", "--price", "1", "--deadline", "1m"]);
    expect([stdout, stderr]).toEqual(["", expect.stringMatching(errorLine("INPUT_INVALID", "--valid-days"))]);
  });

  it("and leaves what is no part of it as it is", () => {
    const places = placesOf({ station: "<station>", cases: (pointer) => `cases.json#${pointer}` });
    expect(["/station", "station", "/cases/3/loan", "http://127.0.0.1:9", "/other"].map(places)).toEqual([
      ...["<station>", "<station>", "cases.json#/3/loan", "http://127.0.0.1:9", "/other"],
    ]);
  });

  it("of a booking", async () => {
    const { command, operations } = await served();
    operations.failure = new BeltError("CREDIT_SHORT", "The sheet costs 2, and the account has 1.", {
      at: "/cases",
    });
    const { code, stderr } = await command(["book", belt.belt, "-"], "{}");
    expect([code, stderr]).toEqual([4, expect.stringMatching(errorLine("CREDIT_SHORT", "standard input"))]);
  });
});

describe("the transactions of a command", () => {
  it("are told step by step where there is no terminal, also what was dropped", async () => {
    const { command, operations } = await served();
    operations.course = [
      { state: "signed" },
      { state: "sent" },
      { state: "dropped" },
      { state: "sent", resends: 1 },
      { state: "sent", resends: 1, attempts: 2, hash: `0x${"12".repeat(32)}` },
      { state: "mined", block: 7 },
    ];
    const { code, stdout, stderr } = await command(["offer", "withdraw", "greet"]);
    expect([code, stderr, stdout.split("\n")]).toEqual([
      0,
      "",
      [
        `withdraw the offer: signed as ${transaction.hash.slice(0, 10)}`,
        "withdraw the offer: sent",
        "withdraw the offer: dropped",
        "withdraw the offer: sent again",
        "withdraw the offer: signed again as 0x12121212, offering more",
        "withdraw the offer: mined in block 7",
        "Not final yet; how it gets on: belt transactions",
        `Offer ${offer.offer} is withdrawn.`,
        "",
      ],
    ]);
  }, 20_000);

  it("are not told in JSON", async () => {
    const { command } = await served();
    const { stdout } = await command(["offer", "withdraw", "greet", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ offer: offer.offer, transaction: transaction.hash });
  });

  const signed = `signed as ${transaction.hash.slice(0, 10)}`;
  const whole = [
    `approve: ${signed}, sent, mined in block 7, final\n`,
    `book: ${signed}, sent, dropped, sent again, mined in block 7, final\n`,
  ];
  it.each([
    ["that has room", 100, whole],
    ["that does not say how wide it is", 0, whole],
    // What has no room goes first.
    ["that has no room", 62, [whole[0], "book: … sent, dropped, sent again, mined in block 7, final\n"]],
  ])("grow on a line each at a terminal %s", (_, columns, expected) => {
    vi.useFakeTimers();
    try {
      const written: string[] = [];
      const terminal = Object.assign(Object.create(WriteStream.prototype), {
        ...{ isTTY: true, columns },
        write: (text: string) => written.push(text) > 0,
      });
      const show = createTransactionShow(terminal);
      const tell = (nonce: number, what: string, ...steps: object[]) => {
        for (const step of steps) show.tell({ ...transaction, nonce, what, ...step });
      };
      const mined = { state: "mined", block: 7 };
      const final = { state: "final", block: 7 };
      tell(1, "approve", { state: "signed" }, { state: "sent" }, mined);
      tell(2, "book", { state: "signed" }, { state: "sent" }, { state: "dropped" });
      tell(2, "book", { state: "sent", resends: 1 }, mined);
      tell(1, "approve", final);
      tell(2, "book", final);
      vi.advanceTimersByTime(1_000);
      show.end();
      expect(written.filter((text) => text.endsWith("\n")).slice(-2)).toEqual(expected);
    } finally {
      vi.useRealTimers();
    }
  });

  it("that are reverted in a block say so", () => {
    const { code, message: detail, remedy } = new BeltError("LEDGER_TOO_LATE", "It is too late.");
    const rest = { type: `urn:belt:error:${code}`, title: "Ledger too late", status: 409, retryable: false };
    const problem = { ...rest, code, detail, remedy };
    expect(stepOf(transaction, { ...transaction, state: "mined", block: 7, problem })).toBe(
      "reverted in block 7",
    );
  });
});

describe("belt transactions", () => {
  it("lists what is not final, and why", async () => {
    const { command, operations } = await served();
    const none = await command(["transactions"]);
    expect(none).toMatchObject({ code: 0, stdout: "All transactions are final.\n" });
    const { code, message: detail, remedy } = new BeltError("LEDGER_CALL_FAILED", "Too cheap\u001b[31m.");
    const rest = {
      type: `urn:belt:error:${code}`,
      title: "Ledger call failed",
      status: 502,
      retryable: true,
    };
    operations.underWay.push(
      { ...transaction, state: "mined", block: 9 },
      { ...transaction, nonce: 5, state: "sent", resends: 2, problem: { ...rest, code, detail, remedy } },
    );
    const hash = transaction.hash.slice(0, 10);
    expect((await command(["transactions"])).stdout).toBe(
      [
        "NONCE  HASH        TO    STATE             PROBLEM",
        `    4  ${hash}  book  mined in block 9`,
        `    5  ${hash}  book  sent again        LEDGER_CALL_FAILED: Too cheap.`,
        "",
      ].join("\n"),
    );
    const { stdout } = await command(["transactions", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ transactions: operations.underWay });
  });
});
