import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed } from "../../../belts/mortgage-nl/sources/seed.ts";
import { runSeedProcess, type SourceProcess, startSourceProcess } from "../../support/sourceProcess.ts";
import { folder } from "./files.ts";

const modules = { incomes: "income.ts", loans: "student-loans.ts", valuations: "valuations.ts" } as const;
const running: Partial<Record<keyof typeof modules, SourceProcess>> = {};
let data = "";

const module = (name: string) => fileURLToPath(new URL(`sources/${name}`, folder));

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "mortgage-sources-"));
  for (const name of ["incomes", "loans", "valuations"] as const) {
    running[name] = await startSourceProcess(module(modules[name]), join(data, `${name}.sqlite`));
  }
});

afterAll(async () => {
  await Promise.all(Object.values(running).map((source) => source.stop()));
  await rm(data, { recursive: true, force: true });
});

async function ask(source: keyof typeof modules, path: string, body?: unknown) {
  const response = await fetch(`${running[source]?.url}${path}`, {
    ...(body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type")?.split(";")[0],
    body: JSON.parse(text),
  };
}

const problem = "application/problem+json";

describe("the income register", () => {
  const [first, second] = seed.incomes;

  it("answers for one and for two persons", async () => {
    const one = await ask("incomes", "/v1/incomes/query", { persons: [first?.person] });
    expect(one).toEqual({ status: 200, type: "application/json", body: { incomes: [first] } });
    const two = await ask("incomes", "/v1/incomes/query", { persons: [second?.person, first?.person] });
    expect(two.body).toEqual({ incomes: [second, first] });
  });

  it("does not know everybody", async () => {
    const answer = await ask("incomes", "/v1/incomes/query", { persons: [first?.person, "900000000"] });
    expect(answer).toEqual({
      status: 404,
      type: problem,
      body: { status: 404, detail: "The income register does not know this person." },
    });
  });

  it.each([
    ["no person", { persons: [] }],
    ["three persons", { persons: ["900000101", "900000108", "900000115"] }],
    ["a number that is none", { persons: ["12345678x"] }],
    ["something else as well", { persons: ["900000101"], purpose: "curiosity" }],
    ["text that is not JSON", "{"],
    ["an array", []],
  ])("refuses %s", async (_, body) => {
    expect(await ask("incomes", "/v1/incomes/query", body)).toMatchObject({ status: 400, type: problem });
  });

  it("refuses a body that is too large", async () => {
    const persons = Array.from({ length: 10_000 }, () => "900000101");
    expect(await ask("incomes", "/v1/incomes/query", { persons })).toMatchObject({
      status: 413,
      type: problem,
    });
  });

  it("answers no other question", async () => {
    expect(await ask("incomes", "/v1/people")).toMatchObject({ status: 404, type: problem });
  });
});

describe("the student loan register", () => {
  it("answers with the loans that there are", async () => {
    const [loan] = seed.studentLoans;
    const answer = await ask("loans", "/v1/student-loans/query", { persons: [loan?.person, "900000000"] });
    expect(answer).toEqual({ status: 200, type: "application/json", body: { loans: [loan] } });
    expect((await ask("loans", "/v1/student-loans/query", { persons: ["900000000"] })).body).toEqual({
      loans: [],
    });
  });

  it("refuses what is no query", async () => {
    expect(await ask("loans", "/v1/student-loans/query", {})).toMatchObject({ status: 400, type: problem });
  });
});

describe("the valuers' register", () => {
  it("answers for a home", async () => {
    const home = seed.valuations.find(({ underMaintenance }) => !underMaintenance);
    const { underMaintenance: _, ...valuation } = home ?? {};
    const answer = await ask("valuations", `/v1/valuations/${home?.object}`);
    expect(answer).toEqual({ status: 200, type: "application/json", body: valuation });
  });

  it("does not know every home, and gives nothing out under maintenance", async () => {
    const closed = seed.valuations.filter(({ underMaintenance }) => underMaintenance);
    expect(closed).toHaveLength(1);
    expect(await ask("valuations", `/v1/valuations/${closed[0]?.object}`)).toMatchObject({
      status: 503,
      type: problem,
    });
    expect(await ask("valuations", "/v1/valuations/NOWHERE")).toMatchObject({ status: 404, type: problem });
    expect(await ask("valuations", "/v1/valuations/%27%20or%201%3D1--")).toMatchObject({
      status: 404,
      type: problem,
    });
    expect(await ask("valuations", "/v1/valuations/%ff")).toMatchObject({ status: 400, type: problem });
  });
});

describe("a source as a process", () => {
  it("keeps its records when it starts again, and ends cleanly at SIGTERM", async () => {
    const file = join(data, "restart.sqlite");
    const first = await startSourceProcess(module("valuations.ts"), file);
    expect(await first.stop()).toBe(0);
    const database = new DatabaseSync(file);
    database.exec("update valuations set value_cents = 12345 where object = 'TEST-HOME-01'");
    database.close();
    const second = await startSourceProcess(module("valuations.ts"), file);
    const response = await fetch(`${second.url}/v1/valuations/TEST-HOME-01`);
    expect(await response.json()).toMatchObject({ value: 12345 });
    expect(await second.stop()).toBe(0);
  });

  it.each(["people.ts", "credits.ts"])("%s fills a database once, always the same", async (name) => {
    const dump = async (file: string) => {
      const path = join(data, `${name}.${file}`);
      await runSeedProcess(module(name), path);
      await runSeedProcess(module(name), path);
      const database = new DatabaseSync(path, { readOnly: true });
      const tables = database
        .prepare("select name from sqlite_master where type = 'table' order by name")
        .all();
      const rows = tables.map(({ name }) => database.prepare(`select * from "${name}"`).all());
      database.close();
      return rows;
    };
    const one = await dump("one");
    expect(one.flat().length).toBeGreaterThan(5);
    expect(await dump("two")).toEqual(one);
  });

  it("fails when its database cannot be written", async () => {
    await expect(runSeedProcess(module("people.ts"), data)).rejects.toThrow("unable to open database file");
  });
});
