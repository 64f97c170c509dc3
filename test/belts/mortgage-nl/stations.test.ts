import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rulePacks } from "../../../belts/mortgage-nl/norms/packs.ts";
import affordability from "../../../belts/mortgage-nl/stations/affordability.ts";
import credit from "../../../belts/mortgage-nl/stations/credit.ts";
import decision from "../../../belts/mortgage-nl/stations/decision.ts";
import identity from "../../../belts/mortgage-nl/stations/identity.ts";
import nhg from "../../../belts/mortgage-nl/stations/nhg.ts";
import { type JsonObject, outputSchemaOf, type Station, workOn } from "../../../nodes/stations/index.ts";
import { runSeedProcess } from "../../support/sourceProcess.ts";
import { folder } from "./files.ts";
import { misfits } from "./walk.ts";

let data = "";

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "mortgage-stations-"));
  const module = fileURLToPath(new URL("sources/credits.ts", folder));
  await runSeedProcess(module, join(data, "credits.sqlite"));
  const database = new DatabaseSync(join(data, "credits.sqlite"));
  database.exec(`
    insert into credits values
      ('T1', '900009991', 'RK', 500000, null), ('T2', '900009991', 'AK', 250000, null),
      ('T3', '900009991', 'RK', 990000, '2025-01-01'), ('T4', '900009991', 'HY', 20000000, null),
      ('T5', '900009992', 'VK', 100000, null), ('T6', '900009992', 'SR', 300000, null);
    insert into codes values ('T1', 'A'), ('T1', '2'), ('T3', '2'), ('T3', 'H'), ('T5', '1')`);
  database.close();
});

afterAll(async () => {
  await Promise.all([identity.close?.(), credit.close?.()]);
  await rm(data, { recursive: true, force: true });
});

async function work(station: Station, input: JsonObject, settings: JsonObject = {}) {
  expect(misfits(station.input, input)).toEqual([]);
  const signal = new AbortController().signal;
  const context = {
    ...{ now: Date.UTC(2026, 2, 2), key: "case-1", attempt: 1, signal, settings },
    mayUse: async () => false,
  };
  return workOn(station, input, context, { output: outputSchemaOf(station) });
}

describe("identity", () => {
  const person = { bsn: "900000101", name: "Test Aanvrager 01", birthDate: "1959-03-02" };
  const partner = { bsn: "900000102", name: "Test Partner 01", birthDate: "1959-03-03" };
  const consent = { income: true, credit: false, studentDebt: true, until: "2026-03-02" };
  const input = { date: "2026-03-02", person, partner, consent };

  const ask = async (particulars: JsonObject = {}) => {
    const database = join(data, "own.sqlite");
    return work(identity, { ...input, ...particulars }, { database });
  };

  beforeAll(() => {
    const database = new DatabaseSync(join(data, "own.sqlite"));
    database.exec("create table people (bsn text primary key, name text, birth_date text)");
    const insert = database.prepare("insert into people values (?, ?, ?)");
    for (const { bsn, name, birthDate } of [person, partner]) insert.run(bsn, name, birthDate);
    database.close();
  });

  it("says who has reached pension age, and which sources may be asked", async () => {
    // 67 years: on the birthday itself, and not on the day before it.
    expect(await ask()).toEqual({
      status: "done",
      output: {
        single: false,
        pensionAge: { applicant: true, partner: false },
        consents: { income: true, credit: false, studentDebt: true },
      },
    });
  });

  it("takes a consent that has ended for none", async () => {
    expect(await ask({ consent: { ...consent, until: "2026-03-01" } })).toMatchObject({
      output: { consents: { income: false, credit: false, studentDebt: false } },
    });
  });

  it.each<[string, JsonObject]>([
    ["another name", { person: { ...person, name: "Test Aanvrager 02" } }],
    ["another date of birth", { person: { ...person, birthDate: "1959-03-03" } }],
    ["another number", { person: { ...person, bsn: "900000103" } }],
    ["a partner with another name", { partner: { ...partner, name: "test partner 01" } }],
    ["the partner's number for the applicant", { person: { ...person, bsn: partner.bsn } }],
  ])("cannot process %s, and says nothing personal about it", async (_, particulars) => {
    expect(await ask(particulars)).toEqual({
      status: "unprocessable",
      reason: "The identity register has nobody with this number, name and date of birth.",
    });
  });
});

describe("credit", () => {
  const ask = (input: JsonObject) =>
    work(credit, { consented: true, ...input }, { database: join(data, "credits.sqlite") });

  it("adds running limits up, leaves mortgages and ended credits out, and names each code once", async () => {
    expect(await ask({ person: "900009991" })).toEqual({
      status: "done",
      output: { limits: 750_000, codes: ["2", "A", "H"] },
    });
  });

  it("takes both people together, and a debt settlement for a code", async () => {
    expect(await ask({ person: "900009991", partner: "900009992" })).toEqual({
      status: "done",
      output: { limits: 850_000, codes: ["1", "2", "A", "H", "SR"] },
    });
  });

  it("knows nothing of somebody without credits", async () => {
    expect(await ask({ person: "900000000" })).toEqual({ status: "done", output: { limits: 0, codes: [] } });
  });
});

describe("affordability", () => {
  const input = {
    date: "2026-03-02",
    single: false,
    pensionAge: { applicant: false, partner: true },
    income: { applicant: 3_000_000, partner: 3_000_000, other: 0 },
    creditLimits: 0,
    studentLoan: { declared: false },
    loan: { rate: "4", fixedMonths: 240, energyMeasures: 0 },
    home: { groundRentMonthly: 0, energyLabel: "none" },
  };

  it("takes the tables of the one who earns more, of the applicant where both earn the same", async () => {
    expect(await work(affordability, input)).toMatchObject({
      output: { maximumLoan: 23_669_120, testRate: "4" },
    });
    const partnerEarnsMore = { applicant: 2_999_999, partner: 3_000_001, other: 0 };
    expect(await work(affordability, { ...input, income: partnerEarnsMore })).toMatchObject({
      output: { maximumLoan: 33_618_529 },
    });
  });

  it("takes the whole loan for deductible unless the application says otherwise", async () => {
    const loan = (deductiblePercent: number) => ({ ...input, loan: { ...input.loan, deductiblePercent } });
    expect(await work(affordability, loan(100))).toEqual(await work(affordability, input));
    expect(await work(affordability, loan(99))).not.toEqual(await work(affordability, input));
  });
});

describe("the rules", () => {
  it("are the version that the offers carry, so that every receipt names it", () => {
    const versions = rulePacks.map(({ version }) => version);
    for (const station of [identity, affordability, nhg, decision])
      expect(versions).toContain(station.version);
  });

  it.each(["2025-12-31", "2027-01-01"])("do not stretch to an application of %s", async (date) => {
    const input = { date, requested: true, amount: 1, energyMeasures: 0, creditCodes: [] };
    expect(await work(nhg, input)).toEqual({
      status: "unprocessable",
      reason: `No rule pack applies on ${date}; there is: mortgage-nl 2026.1, 2026-01-01 to 2026-12-31.`,
    });
  });
});
