import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { errorInLog } from "../../../nodes/cli/errorInLog.ts";
import { createLog } from "../../../nodes/cli/log.ts";
import { BeltError } from "../../../pipeline/errors.ts";

/** What is thrown. */
async function thrown(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

it("has the catalogue's sentence, its code and place, and where it was thrown", () => {
  const error = new BeltError("CASE_INVALID", "A value of the case is missing.", { at: "/cases/3/loan" });
  const told = errorInLog(error);
  expect(told).toMatchObject({ code: "CASE_INVALID", message: error.message, at: "/cases/3/loan" });
  expect(told.stack).toMatch(/^at .*errorInLog\.test\.ts/);
});

it("has the system's own words", async () => {
  const error = await thrown(() => readFile("/nowhere/to/be/found"));
  expect(errorInLog(error)).toMatchObject({
    code: "ENOENT",
    message: expect.stringMatching(/^ENOENT: no such/),
  });
});

it.each([
  ["a parser quotes what it reads", () => JSON.parse('{"name": Jansen}')],
  ["a number is made of a name", () => BigInt("Jansen")],
  ["a station throws what it has in hand", () => Promise.reject(new Error("Jansen is not known"))],
  ["something is thrown that is no error", () => Promise.reject("Jansen")],
])("has nothing of a case where %s", async (_, action) => {
  const error = await thrown(action);
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  log.error({ err: error }, "a defect");
  log.error({ err: new BeltError("INTERNAL", "It failed.", { cause: error }) }, "a defect below");
  expect(lines).toHaveLength(2);
  expect(lines.join("")).not.toContain("Jansen");
  expect(String(error)).toContain("Jansen");
});

it("says of what kind such an error is, and where it was thrown", async () => {
  const told = errorInLog(await thrown(() => JSON.parse("{")));
  expect(told).toEqual({ type: "SyntaxError", stack: expect.stringMatching(/^at JSON\.parse/) });
});

it("says which part was missing: that is a word of the program", async () => {
  const nothing: { readonly loan?: { readonly amount: number } } = JSON.parse("{}");
  const error = await thrown(() => Reflect.get(Object(Reflect.get(nothing, "loan")), "amount").toFixed(0));
  expect(errorInLog(error)).toMatchObject({ type: "TypeError", message: expect.stringContaining("toFixed") });
});

it("follows causes, and comes to an end", () => {
  const deep = Array.from({ length: 20 }).reduce<Error>(
    (cause) => new BeltError("INTERNAL", "It failed.", { cause }),
    new TypeError("x is not a function"),
  );
  let [length, told] = [1, errorInLog(deep)];
  for (; told.cause !== undefined; told = told.cause) length++;
  expect(length).toBe(5);
});
