import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { offerId, sheetId } from "../../nodes/ledger/identifiers.ts";
import {
  compileCondition,
  documentHash,
  type OfferDocument,
  parseBelt,
  parseOffer,
  planBelt,
  requireBelt,
} from "../../pipeline/belt/index.ts";
import { fromHex, toHex } from "../../pipeline/bytes.ts";
import { assemble, compileSchema } from "../../pipeline/case/index.ts";
import { commit } from "../../pipeline/disclosure/index.ts";
import { type Code, catalogue } from "../../pipeline/errors.ts";
import { type Arrival, arrive, deliveryOf, emptyHop, next } from "../../pipeline/hop/index.ts";
import { packStatuses } from "../../pipeline/index/statuses.ts";
import { canonical, type Json } from "../../pipeline/json.ts";
import {
  append,
  emptyFrontier,
  leafHash,
  manifestRoot,
  mostCases,
  readManifest,
  verifyConsistency,
  verifyInclusion,
} from "../../pipeline/log/index.ts";
import { Receipt, receiptBytes, receiptHash, statuses } from "../../pipeline/receipt/index.ts";
import {
  type Item,
  mostItems,
  mostTrayBytes,
  openTray,
  publicKey,
  signAcknowledgement,
  thumbprint,
  trayHash,
  trayType,
  verifyAcknowledgement,
} from "../../pipeline/tray/index.ts";
import { Payload, readItems } from "../../pipeline/tray/payload.ts";
import { rfcKeys } from "../support/jose.ts";
import { parties, parts, values } from "./example.ts";

const document = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const [words = "", example = ""] = document.split("\n## Worked example\n");

const at = (name: string): string => {
  const value = values[name];
  if (value === undefined) throw new Error(`the example has no ${name}`);
  return value;
};
const json = (name: string): Json => JSON.parse(at(name));

describe("the worked example", () => {
  /** What the document shows: rows of tables with a name and one value, and blocks with a name. */
  const shown = new Map<string, string>();
  for (const [, name = "", value = ""] of example.matchAll(/^\| ([^|`]+) \| `([^`]+)` \|$/gm))
    shown.set(name, value);
  for (const [, name = "", text = ""] of example.matchAll(/^```(?:json|text) (\S+)\n(.*?)\n```$/gms))
    shown.set(name, text);

  test("shows every value that can be computed, and no other", () => {
    expect([...shown.keys()].toSorted()).toEqual(Object.keys(values).toSorted());
  });

  test.each(Object.keys(values))("shows the right %s", (name) => {
    const text = shown.get(name) ?? "";
    // Texts that are hashed in canonical form stand there to be read.
    const isSpaced = text.includes("\n");
    expect(isSpaced ? canonical(JSON.parse(text)) : text).toBe(at(name));
  });
});

describe("this implementation agrees with the example", () => {
  const offers = ["age", "letter"].map((name) => parseOffer(json(`offer-document-${name}`)));
  const belt = parseBelt(json("belt-document"));
  const plan = planBelt(belt);

  test("on documents, their hashes and identifiers", () => {
    expect(offers.map(documentHash)).toEqual([at("hash of the age offer"), at("hash of the letter offer")]);
    expect(documentHash(belt)).toBe(at("belt id"));
    const [age, letter] = offers.map(documentHash);
    if (age === undefined || letter === undefined) throw new Error("there are two");
    expect(offerId(parties.registry, age)).toBe(at("id of the age offer"));
    expect(offerId(parties.printer, letter)).toBe(at("id of the letter offer"));
    expect(sheetId(parties.chainId, parties.bookings, parties.consumer, toHex(fromHex(parts.root)))).toBe(
      at("sheet id"),
    );
  });

  test("on the routing", () => {
    expect(plan.edges.map(({ name }) => name)).toEqual([
      "age>letter",
      "age>result",
      "case>age",
      "case>letter",
      "letter>result",
    ]);
    expect(plan.stations.map(({ number, name }) => [number, name])).toEqual([
      [0, "age"],
      [1, "letter"],
    ]);
    expect(plan.fieldsOf("case")).toEqual(["/nickname", "/person/born", "/person/name"]);
    expect(plan.edge("age>result")?.fields).toEqual([]);
    const terms = (document: OfferDocument, member: string) => ({
      document,
      price: 1n,
      deadlineSeconds: 60,
      capacity: 3,
      live: true,
      member,
    });
    const [age, letter] = offers;
    if (age === undefined || letter === undefined) throw new Error("there are two");
    const live = new Map([
      [at("id of the age offer"), terms(age, parties.registry)],
      [at("id of the letter offer"), terms(letter, parties.printer)],
    ]);
    expect(requireBelt(belt, live).plan.order).toEqual(["age", "letter"]);
  });

  test("on commitments and the manifest", () => {
    const sealed = parts.cases.map((fields, number) =>
      commit(Buffer.alloc(32, number + 1), new Map(fields.map(({ name, value }) => [name, value]))),
    );
    for (const [number, { commitment }] of sealed.entries()) {
      expect(toHex(commitment)).toBe(at(`commitment of case ${number}`));
    }
    expect(manifestRoot(sealed.map(({ commitment }) => commitment))).toBe(at("manifest root"));
    expect(readManifest(Buffer.concat(parts.commitments), at("manifest root"), 3)).toHaveLength(3);
  });

  const keys = {
    own: (kid: string) => (kid === at("registry's sealing kid") ? rfcKeys.bob : undefined),
    signers: (kid: string) =>
      kid === at("consumer's kid") ? publicKey("Ed25519", at("consumer's signing key")) : undefined,
  };

  test("on keys and their names", () => {
    expect(thumbprint("Ed25519", at("consumer's signing key"))).toBe(at("consumer's kid"));
    expect(thumbprint("Ed25519", at("registry's signing key"))).toBe(at("registry's kid"));
    expect(thumbprint("X25519", at("registry's sealing key"))).toBe(at("registry's sealing kid"));
  });

  test("on the tray and what it brings", async () => {
    const bytes = Buffer.concat([Buffer.from(`${at("seal")}\n`), Buffer.from(at("ciphertext"), "base64url")]);
    expect(bytes).toEqual(parts.tray);
    expect(trayHash(bytes)).toBe(at("tray hash"));
    const opened = openTray(bytes, keys);
    expect(opened).toEqual({
      sheet: at("sheet id"),
      edge: "case>age",
      tray: 0,
      kid: at("consumer's kid"),
      aud: parties.registry,
      items: parts.trayItems,
    });
    const origin = {
      sheet: opened.sheet,
      source: "case",
      fields: ["/person/born"],
      commitments: parts.commitments,
    };
    const born = opened.items.map((item) => deliveryOf(item, origin).arrival.fields.get("/person/born"));
    expect(born).toEqual(["1990-05-01", "2019-02-28", "1971-12-31"]);
  });

  test("on the acknowledgement", async () => {
    const signer = { kid: at("registry's kid"), key: rfcKeys.otherSigning };
    const expected = {
      sheet: at("sheet id"),
      edge: "case>age",
      tray: 0,
      by: parties.registry,
      hash: at("tray hash"),
    };
    const own = (kid: string) =>
      kid === signer.kid ? publicKey("Ed25519", at("registry's signing key")) : undefined;
    const given = verifyAcknowledgement(at("acknowledgement"), expected, own);
    expect(canonical(given)).toBe(at("acknowledgement-payload"));
    expect(signAcknowledgement(given, signer)).toBe(at("acknowledgement"));
  });

  test("on receipts and the log", () => {
    const receipts = parts.receipts.map((receipt) => Receipt.parse(receipt));
    expect(Buffer.from(receiptBytes(receipts[0] ?? Receipt.parse({}))).toString()).toBe(at("receipt-0"));
    const hashes = receipts.map(receiptHash);
    expect(hashes.map(toHex)).toEqual([0, 1, 2].map((number) => at(`hash of receipt ${number}`)));
    const two = append(emptyFrontier, hashes.slice(0, 2)).frontier;
    const three = append(two, hashes.slice(2)).frontier;
    expect([two, three].map(({ root }) => toHex(root))).toEqual([at("log root of 2"), at("log root of 3")]);
    const proof = (name: string) => at(name).split(" ").map(fromHex);
    verifyInclusion(
      leafHash(parts.leaves[0] ?? Buffer.alloc(0)),
      0,
      3,
      proof("inclusion of receipt 0 in 3"),
      three.root,
    );
    verifyConsistency(two, three, proof("consistency of 2 and 3"));
  });

  test("on how the cases go on at the printer", () => {
    const station = plan.station("letter");
    const [, letter] = offers;
    if (station === undefined || letter === undefined) throw new Error("there is a letter");
    const input = compileSchema(letter.input);
    const rules = {
      sources: station.sources,
      needs: station.needs,
      assemble,
      when: compileCondition(station.when ?? "", letter.input),
      misfits: (value: Json) => (input.validate(value).valid ? [] : ["it"]),
    };
    const fields = plan.edge("case>letter")?.fields ?? [];
    const fromCase = { sheet: at("sheet id"), source: "case", fields, commitments: parts.commitments };
    const fromAge = { ...fromCase, source: "age", fields: plan.edge("age>letter")?.fields ?? [] };
    const outcomes = parts.receipts.map((receipt, number) => {
      const sealed = commit(
        Buffer.alloc(32, number + 1),
        new Map((parts.cases[number] ?? []).map(({ name, value }) => [name, value])),
      );
      const own = disclosedItem(number, sealed.entries, fields);
      const done = receipt.status === "done";
      const age: Item = {
        ...(done
          ? disclosedItem(number, (parts.outputs[number] ?? []).map(textual), ["/adult"])
          : { case: number, disclosed: [], withheld: [] }),
        receipt: Receipt.parse(receipt),
      };
      const arrivals: [string, Arrival][] = [
        ["age", deliveryOf(age, fromAge).arrival],
        ["case", deliveryOf(own, fromCase).arrival],
      ];
      const hop = arrivals.reduce((hop, [source, arrival]) => arrive(hop, source, arrival), emptyHop);
      return next(hop, rules);
    });
    expect(outcomes).toMatchObject([
      { do: "work", input: { adult: true, name: "Zoë Example" } },
      { do: "end", status: "skipped" },
      { do: "end", status: "blocked" },
    ]);
    const path = { sheet: at("sheet id"), edge: "age>letter" };
    const onwards = readItems(path, Payload.parse(json("items-onwards")));
    expect(onwards.map((item) => deliveryOf(item, fromAge).arrival.fields.get("/adult"))).toEqual([
      true,
      undefined,
    ]);
  });

  test("on the reports", () => {
    const reports = {
      registry: packStatuses(new Map([[2, "failed"]])),
      printer: packStatuses(
        new Map([
          [1, "skipped"],
          [2, "blocked"],
        ]),
      ),
    };
    for (const [member, { slots, words }] of Object.entries(reports)) {
      expect(slots.join()).toBe(at(`slots of the ${member}'s report`));
      expect(words.map((word) => `0x${word.toString(16).padStart(64, "0")}`).join()).toBe(
        at(`words of the ${member}'s report`),
      );
    }
  });
});

describe("the words", () => {
  const rows = [...words.matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) => row.split(" | "));
  const isCode = (code: string): code is Code => Object.hasOwn(catalogue, code);

  test("name each check's problems as the catalogue has them", () => {
    const checks = rows.filter(([number = ""]) => /^\d+$/.test(number));
    expect(checks.map(([number]) => Number(number))).toEqual(checks.map((_, index) => index + 1));
    const named = checks.flatMap(([, , codes = "", status, retryable]) =>
      [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => ({
        code,
        status: Number(status),
        retryable: retryable === "yes",
      })),
    );
    expect(named.length).toBeGreaterThan(checks.length);
    for (const { code, status, retryable } of named) {
      if (!isCode(code)) throw new Error(`the catalogue has no ${code}`);
      expect({ code, status, retryable }).toEqual({
        code,
        status: catalogue[code].status,
        retryable: catalogue[code].retryable,
      });
    }
    const ofTrays = Object.keys(catalogue).filter((code) => code.startsWith("TRAY_"));
    expect(named.map(({ code }) => code)).toEqual(expect.arrayContaining(ofTrays));
  });

  test("give the statuses their numbers", () => {
    const given = rows.flatMap(([name = "", , code = ""]) =>
      /^\d$/.test(code) && name.startsWith("`") ? [[name.slice(1, -1), Number(code)]] : [],
    );
    expect(given).toEqual(statuses.map((status, code) => [status, code]));
  });

  test("give the limits that are kept", () => {
    const figure = (number: number): string => number.toLocaleString("en");
    expect(words).toContain(`at most ${figure(mostTrayBytes)} bytes, media type \`${trayType}\``);
    expect(words).toContain(`1 to ${mostItems} items`);
    expect(words).toContain(`1 to ${figure(mostCases)} of them`);
  });
});

type Entry = ReturnType<typeof commit>["entries"][number];

function textual({ name, salt, value, digest }: (typeof parts.outputs)[number][number]): Entry {
  return { name, salt: salt.toString("base64url"), value, digest };
}

function disclosedItem(number: number, entries: readonly Entry[], open: readonly string[]): Item {
  const disclosed = entries.filter(({ name }) => open.includes(name));
  return {
    case: number,
    disclosed: disclosed.map(({ name, salt, value }): Item["disclosed"][number] =>
      value === undefined ? [name, salt] : [name, salt, value],
    ),
    withheld: entries
      .filter(({ name }) => !open.includes(name))
      .map(({ digest }) => Buffer.from(digest).toString("base64url")),
  };
}
