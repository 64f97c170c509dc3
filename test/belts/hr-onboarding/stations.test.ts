import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import certificateRequest, {
  processingDays,
} from "../../../belts/hr-onboarding/stations/certificate-request.ts";
import decision from "../../../belts/hr-onboarding/stations/decision.ts";
import diploma from "../../../belts/hr-onboarding/stations/diploma.ts";
import identityDocument from "../../../belts/hr-onboarding/stations/identity-document.ts";
import profileMatch from "../../../belts/hr-onboarding/stations/profile-match.ts";
import { fields } from "../../../belts/hr-onboarding/stations/schemas.ts";
import { offerDocumentOf, outputSchemaOf } from "../../../nodes/stations/index.ts";
import { parseOffer } from "../../../pipeline/belt/index.ts";
import { compileSchema } from "../../../pipeline/case/index.ts";
import type { JsonObject } from "../../../pipeline/json.ts";
import { run } from "../../nodes/stations/support.ts";
import { runSeedProcess, type SourceProcess, startSourceProcess } from "../../support/sourceProcess.ts";
import { folder } from "./belt.ts";

let data: string;
let diplomas: SourceProcess;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "hiring-"));
  await runSeedProcess(join(folder, "sources/documents.ts"), join(data, "documents.sqlite"));
  diplomas = await startSourceProcess(join(folder, "sources/diplomas.ts"), join(data, "diplomas.sqlite"));
});
afterAll(async () => {
  await identityDocument.close?.();
  await diploma.close?.();
  expect(await diplomas.stop()).toBe(0);
  await rm(data, { recursive: true });
});

test.each([certificateRequest, decision, diploma, identityDocument, profileMatch])(
  "$name is an offer whose schemas are within the limits",
  (station) => {
    const offer = parseOffer(offerDocumentOf(station));
    expect(offer.title).toHaveProperty("nl");
    expect(() => compileSchema(offer.input)).not.toThrow();
    expect(() => outputSchemaOf(station)).not.toThrow();
  },
);

describe("identity-document", () => {
  const passport = {
    date: "2026-03-02",
    name: "Test Candidate 15",
    birthDate: "1985-08-15",
    document: { type: "passport", number: "TEST-DOC-15" },
  };
  const card = {
    date: "2026-03-02",
    name: "Test Candidate 01",
    birthDate: "1971-02-11",
    document: { type: "identity-card", number: "TEST-DOC-01" },
  };
  const ask = async (input: JsonObject) => {
    const outcome = await run(identityDocument, input, {
      settings: { database: join(data, "documents.sqlite") },
    });
    return outcome.status === "done" ? outcome.output : outcome;
  };
  const verified = { verified: true, objections: [] };
  const objection = (...objections: string[]) => ({ verified: false, objections });

  test("a document is valid on its last day, and not on the next", async () => {
    expect(await ask({ ...card, date: "2031-06-30" })).toEqual(verified);
    expect(await ask({ ...card, date: "2031-07-01" })).toEqual(objection("document-expired"));
  });

  test.each([
    ["another name", { name: "Test Candidate 02" }],
    ["another birth date", { birthDate: "1971-02-12" }],
    ["another type", { document: { ...card.document, type: "passport" } }],
  ])("the document of somebody with %s is not the candidate's", async (_, change) => {
    expect(await ask({ ...card, ...change })).toEqual(objection("holder-differs"));
  });

  test("a document that was reported missing is refused", async () => {
    expect(await ask(passport)).toEqual(objection("document-missing"));
  });
});

describe("the diploma register", () => {
  const query = (body: unknown) =>
    fetch(`${diplomas.url}/v1/diplomas/query`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("answers who knows the number and the birth date, and nobody else", async () => {
    const person = { birthDate: "1971-02-11", diploma: "TEST-DIP-01" };
    const settings = { url: diplomas.url };
    expect(await run(diploma, { verified: true, person }, { settings })).toEqual({
      status: "done",
      output: { field: "health", level: 6, awardedOn: "2015-07-01" },
    });
    const guess = { ...person, birthDate: "1971-02-12" };
    expect(await run(diploma, { verified: true, person: guess }, { settings })).toEqual({
      status: "unprocessable",
      reason: "The diploma register does not know this diploma.",
    });
  });

  test.each([{}, { number: "TEST-DIP-01" }, { number: 1, birthDate: "1971-02-11" }, [1], "no"])(
    "refuses %j with a problem document",
    async (body) => {
      const response = await query(body);
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
      expect(await response.json()).toMatchObject({ status: 400, detail: expect.any(String) });
    },
  );
});

test("certificate-request waits for the authority's days where the settings do not shorten them", async () => {
  const now = Date.UTC(2026, 2, 2, 12);
  const outcome = await run(certificateRequest, { verified: true, profile: "care" }, { now });
  expect(outcome).toEqual({ status: "timer", until: now + processingDays * 86_400_000 });
});

const skill = fc.constantFrom("a", "b", "c", "d", "e");
const skills = fc.uniqueArray(skill);
const profile = fc.record({ skills, experienceMonths: fc.nat(720), hours: fc.integer({ min: 1, max: 40 }) });
const match = fc.record({
  verified: fc.constant(true),
  candidate: profile,
  diploma: fc.record({ field: fc.constantFrom(...fields), level: fc.nat(8) }),
  vacancy: fc.record({
    field: fc.constantFrom(...fields),
    level: fc.nat(8),
    skills,
    experienceMonths: fc.nat(720),
    hours: fc.integer({ min: 1, max: 40 }),
  }),
});

async function matched(input: JsonObject): Promise<{ score: number; gaps: readonly unknown[] }> {
  const outcome = await run(profileMatch, input);
  if (outcome.status !== "done") throw new Error(`not done: ${JSON.stringify(outcome)}`);
  const { score, gaps } = outcome.output;
  if (typeof score !== "number" || !Array.isArray(gaps)) throw new Error("no score");
  return { score, gaps };
}

describe("profile-match", () => {
  test("who is the vacancy's own measure has all points and lacks nothing", async () => {
    await fc.assert(
      fc.asyncProperty(match, async ({ vacancy, ...rest }) => {
        const { field, level, ...candidate } = vacancy;
        const same = { ...rest, candidate, vacancy, diploma: { field, level } };
        expect(await matched(same)).toEqual({ score: 100, gaps: [] });
      }),
    );
  });

  test("one skill, month, hour or level more never counts against a candidate", async () => {
    await fc.assert(
      fc.asyncProperty(match, skill, async (input, more) => {
        const { candidate, diploma } = input;
        const before = await matched(input);
        const after = await matched({
          ...input,
          candidate: {
            skills: [...new Set([...candidate.skills, more])],
            experienceMonths: candidate.experienceMonths + 1,
            hours: candidate.hours + 1,
          },
          diploma: { ...diploma, level: diploma.level + 1 },
        });
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(before.gaps).toEqual(expect.arrayContaining([...after.gaps]));
      }),
    );
  });

  test("the points are a whole number from 0 to 100, and all of them only without a gap in what is scored", async () => {
    await fc.assert(
      fc.asyncProperty(match, async (input) => {
        const { score, gaps } = await matched(input);
        expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
        expect(score === 100).toBe(!gaps.includes("skills") && !gaps.includes("experience"));
      }),
    );
  });

  test("a diploma is not missed where none is asked for", async () => {
    const [input] = fc.sample(match, 1);
    if (input === undefined) throw new Error("no sample");
    const { verified, candidate, vacancy } = input;
    const without = (level: number) => matched({ verified, candidate, vacancy: { ...vacancy, level } });
    expect((await without(0)).gaps).not.toContain("diploma");
    expect((await without(1)).gaps).toContain("diploma");
  });
});

describe("decision", () => {
  const good = {
    verified: true,
    objections: [],
    asked: { profile: "care", references: true },
    score: 100,
    gaps: [],
    certificate: { granted: true },
    recommendation: "yes",
  };
  const { certificate, recommendation, ...bare } = good;
  const decide = async (input: JsonObject) => {
    const outcome = await run(decision, input);
    return outcome.status === "done" ? outcome.output : outcome;
  };

  test.each<[string, JsonObject, string, string[]]>([
    ["nothing in the way", good, "proceed", []],
    [
      "no certificate and no references asked",
      { ...bare, asked: { profile: "none", references: false } },
      "proceed",
      [],
    ],
    [
      "an objection to the document",
      { ...good, verified: false, objections: ["document-expired"] },
      "stop",
      ["document-expired"],
    ],
    [
      "a certificate that is refused",
      { ...good, certificate: { granted: false } },
      "stop",
      ["certificate-refused"],
    ],
    [
      "a certificate that is asked for and absent",
      { ...bare, recommendation },
      "person",
      ["certificate-absent"],
    ],
    ["references that are asked for and absent", { ...bare, certificate }, "person", ["references-absent"]],
    ["a referee who says no", { ...good, recommendation: "no" }, "person", ["references-negative"]],
    ["no referee reached", { ...good, recommendation: "unreached" }, "person", ["references-unreached"]],
    ["just enough points", { ...good, score: 70, gaps: ["skills", "experience"] }, "proceed", []],
    ["a point too few", { ...good, score: 69, gaps: ["skills"] }, "person", ["lacks-skills", "score-low"]],
    ["a diploma missing, whatever the score", { ...good, gaps: ["diploma"] }, "person", ["lacks-diploma"]],
    ["hours too few, whatever the score", { ...good, gaps: ["hours"] }, "person", ["lacks-hours"]],
  ])("%s", async (_, input, answer, reasons) => {
    expect(await decide(input)).toEqual({ answer, reasons });
  });

  test("a case without a match never proceeds", async () => {
    const { verified, objections, asked } = good;
    expect(await decide({ verified, objections, asked, certificate, recommendation })).toEqual({
      answer: "person",
      reasons: ["score-low"],
    });
  });
});
