import { type Command, InvalidArgumentError, Option } from "commander";
import { flagOf, settings } from "../settings.ts";

/** The options of every command that talks to a running node. */
export interface NodeOptions {
  readonly config?: string;
  readonly data?: string;
  readonly api?: string;
}

/** The option of every command that reads. */
export interface JsonOption {
  readonly json?: true;
}

/** Where a node's configuration is, and its data. */
export function withConfig(command: Command): Command {
  return command.option(
    "--config <file>",
    "the node's configuration (BELT_CONFIG; default: ./belt.config.json)",
  );
}

export function withNode(command: Command): Command {
  return withConfig(command)
    .option("--data <folder>", "the node's data folder, which has the API's token (BELT_DATA)")
    .option("--api <url>", "the operator's API of the node (BELT_API_URL; default: as configured)");
}

export function withJson(command: Command, what = "print JSON and nothing else"): Command {
  return command.option("--json", what);
}

/** One option for every setting of the configuration, or for those that are named. */
export function withSettings(
  command: Command,
  paths: readonly string[] = settings.map(({ path }) => path),
): Command {
  for (const { path, kind, help } of settings) {
    if (!paths.includes(path)) continue;
    command.addOption(
      new Option(`${flagOf(path)} <${kind}>`, help).helpGroup(
        "Configuration (stronger than file and environment):",
      ),
    );
  }
  return command;
}

/** The settings among a command's options, as the configuration takes them. */
export function settingsOf(options: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(
    settings.map(({ path }) => {
      const value = options[new Option(`${flagOf(path)} <value>`).attributeName()];
      return [path, typeof value === "string" ? value : undefined];
    }),
  );
}

/** Adds examples to a command's help: the line, and what it does. */
export function withExamples(
  command: Command,
  ...examples: readonly (readonly [line: string, what: string])[]
): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  $ ${line.padEnd(width)}  ${what}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Use a whole number.");
  return Number(text);
}

/** Credits: a whole number that may be larger than a double holds. */
export function amount(text: string): string {
  if (!/^\d{1,39}$/.test(text)) throw new InvalidArgumentError("Use a whole number.");
  return text;
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Seconds from a number with its unit, such as `90s`, `5m`, `2h` or `3d`. */
export function duration(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Object.entries(unitSeconds).find(([name]) => name === unit)?.[1];
  if (seconds === undefined || Number(digits) === 0) {
    throw new InvalidArgumentError("Use a number with its unit: 90s, 5m, 2h or 3d.");
  }
  return Number(digits) * seconds;
}
