import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { applying, fieldAt, formatPointer, held, type Schema } from "../case/index.ts";
import { BeltError } from "../errors.ts";
import type { Json, JsonObject } from "../json.ts";
import { type Reading, readExpression } from "./expression.ts";
import { schemaAt } from "./schemaAt.ts";
import { typesOf } from "./types.ts";

/** Whether a station's condition holds for an input. */
export type Condition = (input: JsonObject) => boolean;

/** The variable that holds the whole input. */
const wholeInput = "input";

/**
 * Compiles a belt's `when`: an expression of the Common Expression Language (CEL) over what a station receives.
 *
 * - The members of the input are variables, typed by the input schema; `input` is the whole (unless the schema has a
 *   member of that name). Members whose names are no CEL identifiers, or names that CEL has a use for such as `type`,
 *   are reached through it: `input.type`, `input["first-name"]`.
 * - All numbers of JSON are doubles; whole-number literals compare and calculate with them: `count == 3`.
 * - An optional field is asked for with `has(input.studentLoan)`.
 * - Of CEL's functions there are `has`, `size`, `double`, `int`, `string`, `bool`, `dyn`, `startsWith`, `endsWith`,
 *   `contains`, `lowerAscii`, `upperAscii`, `trim`, and over lists `all`, `exists`, `exists_one` and `filter`, not one
 *   within the other. There is no clock, no time zone and no regular expression: every node comes to the same answer,
 *   in bounded time.
 *
 * What cannot be evaluated does not hold: an absent field that was not asked for, a value of an unforeseen type, or
 * lists of more than {@link mostGoneOver} says. So a station whose condition cannot be told is skipped, never run.
 *
 * @param inputSchema the station's input schema, which must have been compiled
 * @throws {BeltError} `BELT_CONDITION_INVALID`: syntax, a field that the schema does not have, types that do not go
 *   together, a result that is not boolean, or size
 */
export function compileCondition(
  expression: string,
  inputSchema: JsonObject,
  { at = "" }: { readonly at?: string } = {},
): Condition {
  const environment = base.clone();
  const members = declare(environment, inputSchema);
  const refuse = (why: string): never => {
    throw new BeltError("BELT_CONDITION_INVALID", `The condition is refused: ${why}.`, { at });
  };
  const parse = (text: string): ParseResult => {
    try {
      return environment.parse(text);
    } catch (error) {
      return refuse(summary(error));
    }
  };
  const { text, reading } = readExpression(parse(expression).ast, { inputSchema, members, refuse });
  const evaluate = parse(text);
  const { valid, type = "", error } = evaluate.check();
  if (!valid) refuse(summary(error));
  if (type !== "bool" && type !== "dyn") refuse(`its result is of type ${type} where bool is due`);
  return (input) => {
    if (reading.goesOverLists && !withinReach(input, reading)) return false;
    try {
      const result: unknown = evaluate(contextOf(input, reading));
      return result === true;
    } catch {
      return false;
    }
  };
}

const limits = {
  maxAstNodes: 256,
  maxDepth: 32,
  maxListElements: 64,
  maxMapEntries: 16,
  maxCallArguments: 4,
};

const base = new Environment({ limits })
  .registerOperator("double == int", (a: number, b: bigint) => a === Number(b))
  .registerOperator("double % double", (a: number, b: number) => a % b);
const calculations: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};
for (const [sign, calculate] of Object.entries(calculations)) {
  base.registerOperator(`double ${sign} int`, (a: number, b: bigint) => calculate(a, Number(b)));
  base.registerOperator(`int ${sign} double`, (a: bigint, b: number) => calculate(Number(a), b));
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const words = new Set(
  `as break const continue else false for function if import in let loop namespace null package return true var void
  while prototype __proto__`.split(/\s+/),
);

/** Declares the input's members as variables; gives the names of those that are. */
function declare(environment: Environment, inputSchema: JsonObject): ReadonlySet<string> {
  const names = applying([inputSchema], inputSchema, true).flatMap((schema) => {
    if (typeof schema === "boolean") return [];
    const { properties = null } = schema;
    return held("properties", properties).map(([[, name = ""]]) => name);
  });
  const members = new Set(
    names.filter((name) => identifier.test(name) && !words.has(name) && !environment.hasVariable(name)),
  );
  for (const name of members) {
    const schema = schemaAt(inputSchema, formatPointer([name]));
    environment.registerVariable(name, schema === undefined ? "dyn" : celType(schema));
  }
  if (!members.has(wholeInput)) environment.registerVariable(wholeInput, "map<string, dyn>");
  return members;
}

function celType(schema: Schema): string {
  const [type, ...others] = typesOf(schema) ?? [];
  if (type === undefined || others.length > 0) return "dyn";
  if (type !== "array") return celTypes[type];
  const items = schemaAt(schema, "/0");
  return items === undefined ? "list" : `list<${celType(items)}>`;
}

const celTypes = {
  null: "dyn",
  boolean: "bool",
  integer: "double",
  number: "double",
  string: "string",
  object: "map<string, dyn>",
} as const;

/** The first line of the engine's error: the others show the expression again. */
function summary(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** The variables that the expression reads, of the input's own members only. */
function contextOf(input: JsonObject, { variables, whole }: Reading): Readonly<Record<string, Json>> {
  const context: Record<string, Json> = whole ? { [wholeInput]: input } : {};
  for (const name of variables) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value !== undefined) context[name] = value;
  }
  return context;
}

/** What an expression that goes over lists may read of an input: values in all, and characters of text in all. */
const mostGoneOver = { values: 4_096, characters: 65_536 } as const;

/** Going over one list may search through another for every item, so the time grows with the square of these. */
function withinReach(input: JsonObject, { paths }: Reading): boolean {
  let { values, characters }: { values: number; characters: number } = mostGoneOver;
  const todo: Json[] = paths.flatMap((path) => fieldAt(input, path) ?? []);
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (--values < 0) return false;
    if (typeof value === "string") characters -= value.length;
    if (characters < 0) return false;
    if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) todo.push(inner);
  }
  return true;
}
