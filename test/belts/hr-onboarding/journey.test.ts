import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkBelt } from "../../../pipeline/belt/index.ts";
import { fieldAt } from "../../../pipeline/case/index.ts";
import { walkBelt } from "../../support/walkBelt.ts";
import { answers, cases, expected, type Network, startNetwork } from "./belt.ts";

let data: string;
let network: Network;
const walked = new Map<unknown, Awaited<ReturnType<typeof walkBelt>>>();
const noon = Date.UTC(2026, 2, 2, 12);
const seconds = 1_000;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "hiring-"));
  network = await startNetwork(data);
  for (const item of cases) {
    const given = answers[String(item["reference"])] ?? {};
    const { manned, document } = network;
    walked.set(
      item["reference"],
      await walkBelt({ document, manned, case: item, now: noon, answers: given }),
    );
  }
});
afterAll(async () => {
  await network.stop();
  await rm(data, { recursive: true });
});

const at = (reference: string) => {
  const found = walked.get(reference);
  if (found === undefined) throw new Error(`There is no case ${reference}.`);
  return found;
};

test("the belt has no findings against its members' offers", () => {
  const { findings, pricePerCase, deadlineSeconds, capacity } = checkBelt(network.document, network.offers);
  expect(findings).toEqual([]);
  // The slowest way: five days and more for the certificate, then the decision.
  expect({ pricePerCase, deadlineSeconds, capacity }).toEqual({
    pricePerCase: 6_235n,
    deadlineSeconds: 120 + 7 * 86_400 + 120 + 120,
    capacity: 1_024,
  });
});

describe("each case goes over the belt's stations as expected", () => {
  test.each(expected)("$reference: $answer $reasons", ({ reference, ...expectation }) => {
    const { stations, result } = at(reference);
    const statuses = Object.fromEntries(Object.entries(stations).map(([name, { status }]) => [name, status]));
    expect(statuses).toEqual(expectation.stations);
    expect(result["answer"] ?? null).toBe(expectation.answer);
    expect(result["reasons"] ?? []).toEqual(expectation.reasons);
    expect(result["score"]).toBe(expectation.score);
    expect(fieldAt(result, "/certificate/granted")).toBe(expectation.certificate);
  });

  test("every case is expected, and every answer and status occurs", () => {
    expect(expected.map(({ reference }) => reference)).toEqual(cases.map(({ reference }) => reference));
    expect(new Set(expected.map(({ answer }) => answer))).toEqual(
      new Set(["proceed", "person", "stop", null]),
    );
    const statuses = new Set(expected.flatMap(({ stations }) => Object.values(stations)));
    expect(statuses).toEqual(new Set(["done", "skipped", "unprocessable", "failed", "blocked"]));
  });
});

test("the reasons of cases that are not through come from the sources themselves", () => {
  expect(at("TEST-05").stations["identity-document"]?.reason).toBe(
    "The register does not know this document.",
  );
  expect(at("TEST-11").stations["diploma"]?.reason).toBe("The diploma register does not know this diploma.");
  expect(at("TEST-13").stations["diploma"]?.reason).toBe("The service answered 503; tried 3 times.");
});

test("the certificate is waited for as long as the member's settings say", () => {
  expect(at("TEST-01").stations["certificate-request"]).toMatchObject({
    waited: 5 * seconds,
    output: { requestedOn: "2026-03-02" },
  });
});

test("the person at the reference desk sees whom to call, and nothing else of the candidate", () => {
  const { form, output } = at("TEST-01").stations["references"] ?? {};
  expect(form).toEqual({
    task: "Call the referees of Test Candidate 01, who applied for the role of Nurse.",
    questions: [expect.any(String), expect.any(String), expect.any(String)],
    referees: [{ name: "Test Referee 01", relation: "former manager", contact: "referee01@example.invalid" }],
  });
  expect(output).toHaveProperty("remark");
});

test("what the referees said in so many words goes nowhere", () => {
  const { stations, result } = at("TEST-01");
  const inputs = Object.values(stations).map(({ input }) => input);
  expect(JSON.stringify([inputs, result])).not.toContain("again at once");
});

test("the match is made without a name, an age or a document", () => {
  for (const { stations } of walked.values()) {
    const told = JSON.stringify(stations["profile-match"]?.input ?? {});
    expect(told).not.toMatch(/Test Candidate|TEST-DOC|TEST-DIP|19\d\d-/);
  }
});
