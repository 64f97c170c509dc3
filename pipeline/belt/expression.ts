import type { ASTNode } from "@marcbachmann/cel-js";
import { allowsAll, applying, formatPointer, type Schema } from "../case/index.ts";
import type { JsonObject } from "../json.ts";
import { schemaAt } from "./schemaAt.ts";

/** What an expression reads of an input. */
export interface Reading {
  /** The members that it names as variables. */
  readonly variables: readonly string[];
  /** Whether it names the whole input. */
  readonly whole: boolean;
  /** Pointers to all that it reads. */
  readonly paths: readonly string[];
  readonly goesOverLists: boolean;
}

export interface ReadingRules {
  readonly inputSchema: JsonObject;
  /** The members that are variables. */
  readonly members: ReadonlySet<string>;
  /** Throws the error that says why the expression is refused. */
  refuse(why: string): never;
}

const functions = new Set(["has", "size", "double", "int", "string", "bool", "dyn"]);
const methods = new Set(["size", "startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "trim"]);
const loops = new Set(["all", "exists", "exists_one", "filter"]);

/**
 * Reads a parsed expression: refuses functions, variables and fields that there are not, and gives its text with the
 * whole numbers in lists written as doubles, since a list of JSON numbers never equals one of integers.
 */
export function readExpression(
  ast: ASTNode,
  rules: ReadingRules,
): { readonly text: string; readonly reading: Reading } {
  const reader = new Reader(rules);
  reader.read(ast, undefined);
  let text = ast.input;
  for (const { start, end, value } of reader.integers.toSorted((a, b) => b.start - a.start)) {
    text = `${text.slice(0, start)}${value}.0${text.slice(end)}`;
  }
  const { variables, paths, whole, goesOverLists } = reader;
  return { text, reading: { variables: [...variables], paths: [...paths], whole, goesOverLists } };
}

class Reader {
  readonly #rules: ReadingRules;
  readonly variables = new Set<string>();
  readonly paths = new Set<string>();
  readonly integers: { readonly start: number; readonly end: number; readonly value: bigint }[] = [];
  whole = false;
  goesOverLists = false;

  constructor(rules: ReadingRules) {
    this.#rules = rules;
  }

  /** @param item the variable of the loop that the node is in */
  read(node: ASTNode, item: string | undefined): void {
    switch (node.op) {
      case "id":
      case ".":
      case "[]":
        this.#field(node, item);
        return;
      case "call":
        this.#call(node.args[0], node.args[1], item);
        return;
      case "rcall":
        this.#method(...node.args, item);
        return;
      case "list":
        for (const each of node.args) this.#listed(each, item);
        return;
      case "value":
        return;
      default:
        for (const inner of nodesIn(node.args)) this.read(inner, item);
    }
  }

  #listed(node: ASTNode, item: string | undefined): void {
    const literal = node.op === "-_" ? node.args : node;
    if (literal.op === "value" && typeof literal.args === "bigint") {
      this.integers.push({ start: literal.start, end: literal.end, value: literal.args });
    } else this.read(node, item);
  }

  #call(name: string, args: readonly ASTNode[], item: string | undefined): void {
    if (!functions.has(name)) this.#rules.refuse(`there is no function ${name}`);
    for (const each of args) this.read(each, item);
  }

  #method(name: string, receiver: ASTNode, args: readonly ASTNode[], item: string | undefined): void {
    if (!loops.has(name) && !methods.has(name)) this.#rules.refuse(`there is no function ${name}`);
    this.read(receiver, item);
    if (!loops.has(name)) {
      for (const each of args) this.read(each, item);
      return;
    }
    if (item !== undefined) this.#rules.refuse(`${name} stands within another loop over a list`);
    this.goesOverLists = true;
    const [variable, ...body] = args;
    if (variable?.op !== "id") this.#rules.refuse(`the first argument of ${name} is the name of a variable`);
    for (const each of body) this.read(each, variable.args);
  }

  /** A variable with the fields that are selected of it, as far as their names are known. */
  #field(node: ASTNode, item: string | undefined): void {
    const path: string[] = [];
    let here = node;
    while (here.op === "." || here.op === "[]") {
      const [inner, selector] = here.args;
      const name = typeof selector === "string" ? selector : nameOf(selector);
      if (name !== undefined) path.unshift(name);
      else {
        // Which field it is shows when it runs; what was selected of that cannot be checked.
        path.length = 0;
        if (typeof selector !== "string") this.read(selector, item);
      }
      here = inner;
    }
    if (here.op !== "id") this.read(here, item);
    else if (here.args !== item) this.#variable(here.args, path);
  }

  #variable(name: string, path: readonly string[]): void {
    const { members, refuse, inputSchema } = this.#rules;
    const isMember = members.has(name);
    if (!isMember && name !== "input")
      refuse(`the input has no field ${name}, or not one that is a variable`);
    if (isMember) this.variables.add(name);
    else this.whole = true;
    const full = isMember ? [name, ...path] : path;
    const missing = firstMissing(inputSchema, full);
    if (missing !== undefined) refuse(`the input has no field ${formatPointer(missing)}`);
    this.paths.add(formatPointer(full));
  }
}

function nameOf(selector: ASTNode): string | undefined {
  if (selector.op !== "value") return undefined;
  return typeof selector.args === "string" || typeof selector.args === "bigint"
    ? String(selector.args)
    : undefined;
}

/** How much of a path the schema does not have; undefined when it has it all, or leaves open what is there. */
function firstMissing(schema: Schema, path: readonly string[]): readonly string[] | undefined {
  let here = schema;
  for (const [index, name] of path.entries()) {
    if (applying([here], here, false).every(allowsAll)) return undefined;
    const next = schemaAt(here, formatPointer([name]));
    if (next === undefined) return path.slice(0, index + 1);
    here = next;
  }
  return undefined;
}

function nodesIn(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
