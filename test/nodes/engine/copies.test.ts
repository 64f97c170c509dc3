import { afterEach, describe, expect, test } from "vitest";
import { fromBase64url } from "../../../pipeline/bytes.ts";
import { leafHash } from "../../../pipeline/log/index.ts";
import {
  placeKey,
  type Receipt,
  receiptBytes,
  receiptHash,
  writePlace,
} from "../../../pipeline/receipt/index.ts";
import {
  type CopiesRequest,
  type GivenCopies,
  openCopies,
  openCopiesRequest,
  signCopies,
  signCopiesRequest,
} from "../../../pipeline/tray/index.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { LostMachine } from "./lostMachine.ts";

let lost: LostMachine;
afterEach(() => lost.consortium.stop());

describe("a partner that lies about what it has", () => {
  type Lie = (given: GivenCopies, parts: { readonly receipts: readonly Receipt[] }) => GivenCopies;

  /** Has the shop answer something else, signed as its answers are. */
  function shopAnswers(lie: Lie): void {
    lost.answered = ({ to, request, answer }) => {
      if (to !== "shop") return answer;
      const { keys, kids, address } = lost.consortium.member("shop");
      const signers = (kid: string) => lost.consortium.ledger.of(address).signer(kid)?.key;
      const asked = openCopiesRequest(Buffer.from(request), signers);
      const given = openCopies(answer, { ...asked, text: request }, signers);
      const receipts = given.copies.flatMap((copy) => copy.receipts);
      return signCopies(lie(given, { receipts }), Buffer.from(request), {
        kid: kids.signing,
        key: keys.signing,
      });
    };
  }

  const withReceipts =
    (change: (receipts: readonly Receipt[]) => readonly Receipt[]): Lie =>
    (given) => ({
      ...given,
      copies: given.copies.map((copy) => ({ ...copy, receipts: change(copy.receipts) })),
    });

  let page: GivenCopies["copies"] | undefined;
  const lacks = "lacks those at 1 to 2";
  test.each<[string, Lie, string, string]>([
    [
      "forged ones",
      withReceipts((receipts) => receipts.map((receipt) => ({ ...receipt, finished: receipt.finished + 1 }))),
      lacks,
      "did not write so",
    ],
    ["another order", withReceipts((receipts) => receipts.toReversed()), lacks, "did not write so"],
    [
      "those of another case",
      withReceipts((receipts) => receipts.map((receipt) => ({ ...receipt, case: receipt.case + 1 }))),
      lacks,
      "did not write so",
    ],
    ["too few", (given) => ({ ...given, copies: given.copies.slice(0, 1) }), lacks, "has no more"],
    ["none on a tray", withReceipts((receipts) => receipts.slice(1)), lacks, ""],
    [
      "the same page for ever",
      (given) => {
        page ??= given.copies.slice(0, 1);
        return { ...given, copies: page, more: true };
      },
      lacks,
      "PARTNER_REFUSED",
    ],
  ])("by %s changes nothing, and is named", async (_what, lie, words, why) => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    shopAnswers(lie);
    await lost.consortium.start("north");
    await lost.says(words);
    expect(lost.consortium.engine("north").refusal()?.message).toContain(why);
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
    expect(await keysOf(lost.north.store, { prefix: "receipt/" })).toHaveLength(1);
  });

  test("by the signature of another changes nothing", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    const { keys, kids, address } = lost.consortium.member("south");
    lost.answered = ({ to, request, answer }) => {
      const signers = (kid: string) => lost.consortium.ledger.of(address).signer(kid)?.key;
      if (to !== "shop") return answer;
      const asked = openCopiesRequest(Buffer.from(request), signers);
      const given = openCopies(answer, { ...asked, text: request }, signers);
      return signCopies(given, Buffer.from(request), { kid: kids.signing, key: keys.signing });
    };
    await lost.consortium.start("north");
    await lost.says("shop (PARTNER_REFUSED");
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
  });

  test("and has more the next time is asked again", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    shopAnswers((given) => ({ ...given, copies: given.copies.slice(0, 1) }));
    await lost.consortium.start("north");
    await lost.says("has no more");
    lost.answered = ({ answer }) => answer;
    await lost.caughtUp();
    expect(lost.consortium.engine("north").log.head()).toEqual(lost.head());
  });

  test("with receipts that this node wrote, and that are not those that it anchored", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    const key = placeKey(lost.north.keys.secret);
    shopAnswers((given, { receipts }) => {
      const others = receipts.map((receipt) => ({ ...receipt, finished: receipt.finished + 1 }));
      const leaves = others.map((receipt) => leafHash(receiptBytes(receipt)));
      const place = writePlace(key, { copy: 0, first: 0 }, leaves);
      return { ...given, copies: [{ tray: 0, place, receipts: others }] };
    });
    await lost.consortium.start("north");
    await lost.says("What partners gave back is not the log of 3 that is anchored");
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
    expect(await keysOf(lost.north.store, { prefix: "receipt/" })).toHaveLength(1);
  });
});

describe("the place of receipts", () => {
  test("is for the consumer alone: on a tray to a station it is refused", async () => {
    lost = new LostMachine();
    let genuine: Uint8Array | undefined;
    lost.network = ({ to, tray }) => {
      if (to === "north") genuine ??= tray;
    };
    await lost.book(1);
    const { items, edge } = lost.consortium.open("north", genuine ?? new Uint8Array());
    const tray = { sheet: lost.sheet, edge, tray: 1_000, items };
    const placed = lost.consortium.seal("shop", "north", { ...tray, placeOf: () => "AAAA" });
    await expect(lost.consortium.engine("north").accept(placed)).rejects.toMatchObject({
      code: "TRAY_INVALID",
    });
    const plain = lost.consortium.seal("shop", "north", tray);
    await expect(lost.consortium.engine("north").accept(plain)).resolves.toEqual(expect.any(String));
  });
});

describe("a partner that is asked for copies", () => {
  const asks = async (as: string, request: Partial<CopiesRequest> = {}) => {
    const { keys, kids } = lost.consortium.member(as);
    const whole = {
      to: lost.consortium.member("shop").address,
      sheet: lost.sheet,
      station: "double",
      after: -1,
      ...request,
    };
    const text = signCopiesRequest(whole, { kid: kids.signing, key: keys.signing });
    const answer = await lost.consortium.engine("shop").copies(Buffer.from(text));
    const signers = () =>
      lost.consortium.ledger.of(lost.north.address).signer(lost.consortium.member("shop").kids.signing)?.key;
    return { text, answer, given: openCopies(answer, { ...whole, text }, signers) };
  };

  test("gives each member its own receipts, and nobody another's", async () => {
    lost = new LostMachine();
    await lost.book(1);
    const { given } = await asks("north");
    const receipts = given.copies.flatMap((copy) => copy.receipts);
    expect(receipts).toMatchObject([{ sheet: lost.sheet, station: "double", case: 0, status: "done" }]);
    expect(given.known.map(([, hash]) => hash)).toEqual(
      receipts.map((receipt) => Buffer.from(receiptHash(receipt)).toString("base64url")),
    );
    const refused = { code: "COPIES_REFUSED", retryable: false };
    await expect(asks("south")).rejects.toMatchObject(refused);
    await expect(asks("shop")).rejects.toMatchObject(refused);
    await expect(asks("north", { station: "add" })).rejects.toMatchObject(refused);
    await expect(asks("north", { station: "nowhere" })).rejects.toMatchObject(refused);
    await expect(asks("north", { to: lost.consortium.member("south").address })).rejects.toMatchObject(
      refused,
    );
    await expect(asks("north", { sheet: `0x${"5e".repeat(32)}` })).rejects.toMatchObject({
      code: "SHEET_UNKNOWN",
    });
  });

  test("refuses what is not signed by a member, and answers just what it was asked", async () => {
    lost = new LostMachine();
    await lost.book(1);
    const { text, answer } = await asks("north");
    const give = lost.consortium.engine("shop").copies;
    const [head = "", payload = "", signature = ""] = text.split(".");
    const forged = Buffer.from(fromBase64url(signature));
    forged.writeUInt8(forged.readUInt8(3) ^ 1, 3);
    const refused = { code: "COPIES_REFUSED" };
    for (const bad of [
      `${head}.${payload}.${forged.toString("base64url")}`,
      `${head}.${payload}`,
      "",
      "x".repeat(5_000),
    ]) {
      await expect(give(Buffer.from(bad))).rejects.toMatchObject(refused);
    }
    const signers = (kid: string) => lost.consortium.ledger.of(lost.north.address).signer(kid)?.key;
    const other = { sheet: lost.sheet, station: "double", text: `${text}x` };
    expect(() => openCopies(answer, other, signers)).toThrow(
      expect.objectContaining({ code: "PARTNER_REFUSED" }),
    );
    expect(() => openCopies(answer, { ...other, text }, () => undefined)).toThrow(
      expect.objectContaining({ code: "PARTNER_REFUSED" }),
    );
    expect(openCopies(answer, { ...other, text }, signers).more).toBe(false);
  });
});
