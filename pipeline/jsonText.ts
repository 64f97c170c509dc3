import { BeltError } from "./errors.ts";
import { deepestJson, isObject, type Json } from "./json.ts";

/** Whether a value nests deeper than so many levels of arrays and objects; looks no deeper than that itself. */
export function deeperThan(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (!isObject(value)) return value.some((each) => deeperThan(each, levels - 1));
  for (const name in value) if (deeperThan(value[name] ?? null, levels - 1)) return true;
  return false;
}

/**
 * Parses a JSON text that came from outside, more strictly than `JSON.parse`: one name twice in an object, a number
 * that a double cannot hold, half a surrogate pair or deep nesting would let two readers see two different values
 * (I-JSON, RFC 7493), and hashes of documents are about values.
 *
 * @param options.at what the text is, a file's name for instance; the error adds `:line:column`
 * @throws {BeltError} `JSON_INVALID`; the sentence never quotes the text, which may be personal data
 */
export function parseJson(text: string, { at = "", depth = deepestJson }: JsonOptions = {}): Json {
  const fault = new Scanner(text, depth).fault();
  if (fault !== undefined) {
    const { line, column } = position(text, fault.offset);
    throw new BeltError("JSON_INVALID", `The text is not valid JSON: ${fault.what}.`, {
      at: `${at}:${line}:${column}`,
    });
  }
  const value: Json = JSON.parse(text);
  return value;
}

export interface JsonOptions {
  readonly at?: string;
  /** The levels of nesting that are allowed. */
  readonly depth?: number;
}

interface Fault {
  readonly offset: number;
  readonly what: string;
}

/** Line and column, both from 1, the column in UTF-16 code units as editors count. */
function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const literal = /true|false|null/y;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const escaped = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** Finds the first fault of a text without building the value, so that the fast parser of the engine can do that. */
class Scanner {
  readonly #text: string;
  readonly #depth: number;
  #at = 0;
  /** One entry a level: the names that an object has so far, undefined for an array. */
  readonly #open: (Set<string> | undefined)[] = [];

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  fault(): Fault | undefined {
    try {
      this.#value();
      while (this.#open.length > 0) this.#member();
      if (this.#peek() !== "") this.#fail("something follows the value");
      return undefined;
    } catch (error) {
      if (error instanceof Found) return error.fault;
      throw error;
    }
  }

  /** After a value inside an array or object: its end, or a comma and the next value. */
  #member(): void {
    const names = this.#open.at(-1);
    const [close, what] = names === undefined ? ["]", "array"] : ["}", "object"];
    const next = this.#peek();
    if (next === close) {
      this.#at++;
      this.#open.pop();
      return;
    }
    if (next === "") this.#fail(`the text ends inside an ${what}`);
    if (next !== ",") this.#fail(`a comma or the end of the ${what} is missing`);
    this.#at++;
    if (names !== undefined) this.#name(names);
    this.#value();
  }

  #name(names: Set<string>): void {
    if (this.#peek() !== '"') this.#fail("a name in quotation marks is missing");
    const start = this.#at;
    const name = this.#string();
    if (names.has(name)) this.#fail("an object has the same name twice", start);
    names.add(name);
    if (this.#peek() !== ":") this.#fail("a colon is missing");
    this.#at++;
  }

  /** A whole scalar, or the beginning of an array or object up to its first value. */
  #value(): void {
    for (;;) {
      const next = this.#peek();
      if (next !== "[" && next !== "{") {
        if (next === '"') this.#string();
        else this.#scalar(next);
        return;
      }
      if (this.#open.length === this.#depth) this.#fail(`it nests deeper than ${this.#depth} levels`);
      this.#at++;
      const names = next === "{" ? new Set<string>() : undefined;
      this.#open.push(names);
      if (this.#peek() === (names === undefined ? "]" : "}")) return;
      if (names !== undefined) this.#name(names);
    }
  }

  #scalar(next: string): void {
    const start = this.#at;
    if (this.#take(literal) !== undefined) return;
    const digits = this.#take(number);
    if (digits === undefined)
      this.#fail(next === "" ? "the text ends where a value is due" : "a value is due");
    const value = Number(digits);
    if (!Number.isFinite(value)) this.#fail("a number is too large for a double", start);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(digits)) {
      this.#fail(
        "a whole number is beyond 2^53, which doubles do not hold exactly; write it as a string",
        start,
      );
    }
  }

  #string(): string {
    const start = this.#at++;
    let hasEscapes = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) this.#fail("a string has no end", start);
      if (code < 0x20) this.#fail("a control character in a string is not escaped");
      this.#at++;
      if (code === 0x22) break;
      if (code !== 0x5c) continue;
      hasEscapes = true;
      if (this.#take(escaped) === undefined) this.#fail("an escape in a string is not known");
    }
    const raw = this.#text.slice(start, this.#at);
    const value: string = hasEscapes ? JSON.parse(raw) : raw.slice(1, -1);
    if (!value.isWellFormed()) this.#fail("a string has half a surrogate pair", start);
    return value;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** The next character that is not white space; empty at the end. */
  #peek(): string {
    for (;;) {
      const next = this.#text.charAt(this.#at);
      if (next !== " " && next !== "\n" && next !== "\r" && next !== "\t") return next;
      this.#at++;
    }
  }

  #fail(what: string, offset = this.#at): never {
    throw new Found({ offset, what });
  }
}

/** Carries the fault out of the scanner's depths. */
class Found extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.what);
    this.fault = fault;
  }
}
