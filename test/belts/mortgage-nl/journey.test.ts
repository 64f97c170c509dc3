import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillIn, fillInText, modulePath, parseMembers } from "../../../nodes/network/members.ts";
import { loadStation, offerDocumentOf } from "../../../nodes/stations/index.ts";
import { checkBelt, type OfferTerms } from "../../../pipeline/belt/index.ts";
import { runSeedProcess, type SourceProcess, startSourceProcess } from "../../support/sourceProcess.ts";
import { belt, cases, expected, folder, golden, json, offerId, offers } from "./files.ts";
import { type Manned, type Walked, walk } from "./walk.ts";

/** The network of members.json, without nodes: every source runs as a process, every station on its own settings. */
const manned: Record<string, Manned> = {};
const offered: string[] = [];
const terms = new Map<string, OfferTerms>();
const walked = new Map<string, Walked>();
const running: SourceProcess[] = [];
let data = "";

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "mortgage-"));
  const at = (module: string) => modulePath(fileURLToPath(folder), module);
  for (const member of parseMembers(json("members.json")).members) {
    const sources: Record<string, string> = {};
    for (const { module, database } of member.seeds) {
      await runSeedProcess(at(module), fillInText(database, { data, sources }));
    }
    for (const { name, module, database } of member.sources) {
      const source = await startSourceProcess(at(module), fillInText(database, { data, sources }));
      running.push(source);
      sources[name] = source.url;
    }
    for (const { module, settings, price, deadlineSeconds, capacity } of member.stations) {
      // The shortest pause between attempts, so that the source under maintenance does not hold the tests up.
      const quick = "retryDelayMs" in settings ? { ...settings, retryDelayMs: 1 } : settings;
      const filled = fillIn(quick, { data, sources });
      const station = await loadStation(at(module), { settings: filled });
      offered.push(`${member.name}/${station.name}`);
      terms.set(offerId(member.name, station.name), {
        document: offerDocumentOf(station),
        member: member.name,
        price: BigInt(price),
        deadlineSeconds,
        capacity,
        live: true,
      });
      for (const [name, offer] of offers) {
        if (offer === offered.at(-1)) manned[name] = { station, settings: filled };
      }
    }
  }
  for (const application of cases)
    walked.set(String(application["reference"]), await walk(application, manned));
});

afterAll(async () => {
  await Promise.all(Object.values(manned).map(({ station }) => station.close?.()));
  await Promise.all(running.map((source) => source.stop()));
  await rm(data, { recursive: true, force: true });
});

it("has exactly the stations that the members offer", () => {
  expect(offered.toSorted()).toEqual([...offers.values()].toSorted());
});

it("passes the check of a belt that is published", () => {
  const { findings, capacity, pricePerCase } = checkBelt(belt, terms);
  expect(findings).toEqual([]);
  expect(capacity).toBe(1024);
  expect(pricePerCase).toBe(1100n);
});

describe("each case goes over the belt's stations as expected", () => {
  it.each(expected)("$reference: $answer $reasons", (expectation) => {
    const { stations, result } = walked.get(expectation.reference) ?? { stations: {}, result: {} };
    const statuses = Object.fromEntries(Object.entries(stations).map(([name, { status }]) => [name, status]));
    expect(statuses).toEqual(expectation.stations);
    const { answer, maximumLoan, monthlyPayment, testRate, nhg } = expectation;
    expect(result["answer"] ?? null).toBe(answer);
    // The largest loan of a case that was not decided on is no part of its result.
    expect(result["maximumLoan"] ?? null).toBe(maximumLoan);
    expect(result["monthlyPayment"]).toBe(monthlyPayment);
    expect(result["testRate"]).toBe(testRate);
    expect(result["nhg"]).toEqual(nhg);
    if (answer === null) return;
    expect(result["rulePack"]).toBe("mortgage-nl 2026.1");
    expect(result["reasons"]).toEqual(
      expectation.reasons.map((code) =>
        expect.objectContaining({ code, en: expect.any(String), nl: expect.any(String) }),
      ),
    );
    expect(result["offeredLoan"]).toBe(answer === "yes" ? result["requestedLoan"] : 0);
  });

  it("agrees with every golden application to the cent", () => {
    const carried = expected.flatMap(({ golden, reference }) =>
      golden === undefined ? [] : [{ golden, reference }],
    );
    expect(carried.map(({ golden }) => golden).toSorted((a, b) => a - b)).toEqual(
      golden.map((_, index) => index + 1),
    );
    for (const { golden: number, reference } of carried) {
      const maximumLoan = walked.get(reference)?.result["maximumLoan"];
      expect(maximumLoan, reference).toBe(Math.round((golden[number - 1]?.maximumLoan ?? Number.NaN) * 100));
    }
  });

  it("says why one case cannot be processed and where one station failed", () => {
    const income = walked.get("TEST-16")?.stations["income"];
    expect(income?.reason).toBe("The income register does not know this person.");
    const valuation = walked.get("TEST-17")?.stations["valuation"];
    expect(valuation?.reason).toContain("503");
    expect(valuation?.reason).toContain("3 times");
    const others = [...walked.values()].flatMap(({ stations }) => Object.values(stations));
    expect(others.filter(({ status }) => status === "unprocessable")).toHaveLength(1);
    expect(others.filter(({ status }) => status === "failed")).toHaveLength(1);
  });

  it("keeps numbers, names and dates of birth out of every output and reason", () => {
    const personal = cases.flatMap(({ person, partner }) =>
      [person, partner].flatMap((someone) => Object.values(someone ?? {}).map(String)),
    );
    const said = JSON.stringify([...walked.values()]);
    expect(personal.length).toBeGreaterThan(cases.length * 3);
    expect(personal.filter((text) => said.includes(text))).toEqual([]);
  });
});
