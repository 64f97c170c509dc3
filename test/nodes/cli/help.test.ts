import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { exitCodeOf, exitCodes } from "../../../nodes/cli/exitCodes.ts";
import { createProgram } from "../../../nodes/cli/program.ts";
import { type Code, catalogue } from "../../../pipeline/errors.ts";
import { run } from "../../support/command.ts";

function every(command: Command, path: readonly string[] = []): { path: string; command: Command }[] {
  const here = [...path, command.name()];
  return [{ path: here.join(" "), command }, ...command.commands.flatMap((each) => every(each, here))];
}

const commands = every(createProgram());

/** Commands that neither read nor write the ledger themselves: every other one can be tried out. */
const writesNothing = new Set(
  [
    "up",
    "init",
    "serve",
    "backup",
    "restore",
    "belt fork",
    "tasks complete",
    "quarantine retry",
    "quarantine reject",
    "consent sign",
    "consent sign-revocation",
  ].map((name) => `belt ${name}`),
);

/** The whole help, with what is added before and after it. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) }).outputHelp();
  return parts.join("");
}

it("has every command", () => {
  expect(commands.map(({ path }) => path)).toEqual([
    "belt",
    "belt up",
    ...["init", "join", "serve", "doctor", "backup", "restore"].map((name) => `belt ${name}`),
    "belt offer",
    ...["publish", "list", "show", "withdraw"].map((name) => `belt offer ${name}`),
    "belt belt",
    ...["publish", "list", "show", "check", "fork", "endorse", "deprecate", "steward"].map(
      (name) => `belt belt ${name}`,
    ),
    "belt book",
    "belt case",
    ...["list", "show", "watch"].map((name) => `belt case ${name}`),
    "belt tasks",
    ...["list", "complete"].map((name) => `belt tasks ${name}`),
    "belt quarantine",
    ...["list", "show", "retry", "reject"].map((name) => `belt quarantine ${name}`),
    "belt consent",
    ...["sign", "sign-revocation", "relay", "grant", "revoke", "list"].map((name) => `belt consent ${name}`),
    "belt connection",
    ...["request", "accept", "end", "list"].map((name) => `belt connection ${name}`),
    "belt transactions",
    "belt top",
    ...["accept", "dispute", "resolve", "cancel", "decline", "deliver"].map((name) => `belt ${name}`),
    "belt govern",
    ...["list", "show"].map((name) => `belt govern ${name}`),
    "belt govern propose",
    ...[
      ...["admit", "suspend", "reinstate", "remove", "kinds", "mint", "burn", "directory"],
      ...["lift", "found", "stewards", "rules", "call"],
    ].map((name) => `belt govern propose ${name}`),
    ...["vote", "execute", "cancel", "pause", "resign"].map((name) => `belt govern ${name}`),
    "belt admit",
    "belt community",
    ...[
      ...["list", "join", "quit", "add-steward", "remove-steward", "adopt", "drop"],
      ...["open-channel", "close-channel"],
    ].map((name) => `belt community ${name}`),
    "belt ledger",
    ...[
      ...["profiles", "offers", "bookings", "credit", "receipts"],
      ...["consents", "connections", "contribution", "proposals", "communities", "pause"],
    ].map((name) => `belt ledger ${name}`),
  ]);
});

describe.each(commands)("the help of $path", ({ path, command }) => {
  it("is complete", () => {
    const help = helpOf(command);
    expect(command.description()).toMatch(/\.$/);
    expect(help).toContain("Examples:");
    expect(help).toContain(`$ ${path}`);
    for (const option of command.options) expect(option.description, option.flags).not.toBe("");
    for (const argument of command.registeredArguments)
      expect(argument.description, argument.name()).not.toBe("");
    const reads = /^belt ledger \w+$|(?:^| )(?:list|show|watch|check|doctor|transactions|top)$/.test(path);
    if (reads) expect(help).toContain("--json");
    const writes = command.commands.length === 0 && !reads && !writesNothing.has(path);
    if (writes) for (const option of ["--dry-run", "--json"]) expect(help).toContain(option);
  });
});

describe("the command", () => {
  it("documents its exit codes, and every error has one of them", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const [number, what] of Object.entries(exitCodes))
      expect(stdout).toMatch(new RegExp(`${number} +${what}`));
    for (const each of Object.keys(catalogue) as Code[])
      expect(Object.keys(exitCodes)).toContain(String(exitCodeOf(each)));
    expect(exitCodeOf("INTERNAL")).toBe(70);
  });

  it("prints its version, and nothing else", async () => {
    expect(await run(["--version"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: "",
    });
  });

  it.each([
    [["belt", "show", "--help"], "Usage: belt belt show"],
    [["help", "book"], "Usage: belt book"],
  ])("helps with %j", async (args, text) => {
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toContain(text);
  });

  it("shows what there is when it is called without a command", async () => {
    const { code, stdout, stderr } = await run(["offer"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: belt offer");
  });
});
