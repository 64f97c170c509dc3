import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { BeltError } from "../../pipeline/errors.ts";
import { isObject, type Json, type JsonObject } from "../../pipeline/json.ts";
import { parseJson } from "../parse.ts";

/** A text that a command was given, and what it is called in sentences. */
export interface Input {
  readonly text: string;
  readonly name: string;
}

/**
 * Reads a file, or standard input for `-`.
 *
 * @throws {BeltError} `FILE_UNREADABLE`
 */
export async function readInput(file: string): Promise<Input> {
  return { name: nameOf(file), text: (await readBytes(file)).toString("utf8") };
}

const nameOf = (file: string): string => (file === "-" ? "standard input" : file);

/**
 * Reads a file of any kind, or standard input for `-`.
 *
 * @throws {BeltError} `FILE_UNREADABLE`
 */
export async function readBytes(file: string): Promise<Buffer> {
  const name = nameOf(file);
  try {
    return file === "-" ? await buffer(process.stdin) : await readFile(file);
  } catch (cause) {
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const problem = absent ? "There is no such file." : "The file cannot be read.";
    throw new BeltError("FILE_UNREADABLE", problem, { at: name, cause });
  }
}

/** @throws {BeltError} `FILE_UNREADABLE`, `JSON_INVALID` */
export async function readJson(file: string): Promise<Json> {
  const { text: content, name } = await readInput(file);
  return parseJson(content, name);
}

/** Cases, and where each of them stands in the input. */
export interface Cases {
  readonly cases: readonly JsonObject[];
  /** What the input is called. */
  readonly name: string;
  /** The place of a pointer in the list of cases, such as `/3/loan`, in the input. */
  placeOf(pointer: string): string;
}

/**
 * Cases from a JSON array, one JSON object, or JSON objects on a line each (NDJSON).
 *
 * @throws {BeltError} `JSON_INVALID`, `INPUT_INVALID`
 */
export function parseCases({ text: content, name }: Input): Cases {
  const lines = content
    .split("\n")
    .flatMap((line, place) => (line.trim() === "" ? [] : [{ line, number: place + 1 }]));
  const inLines = lines.length > 1 && isWhole(lines[0]?.line ?? "");
  if (inLines) {
    const numbers = lines.map(({ number }) => number);
    const cases = lines.map(({ line, number }) =>
      objectAt(parseLine(line, name, number), `${name}:${number}`),
    );
    return {
      cases,
      name,
      placeOf(pointer) {
        const [, index = "", rest = ""] = /^\/(\d+)(.*)$/s.exec(pointer) ?? [];
        return `${name}:${numbers[Number(index)] ?? index}${rest === "" ? "" : `#${rest}`}`;
      },
    };
  }
  const value = parseJson(content, name);
  const list: readonly Json[] = Array.isArray(value) ? value : [value];
  const cases = list.map((each, index) => objectAt(each, Array.isArray(value) ? `${name}#/${index}` : name));
  if (cases.length === 0) throw new BeltError("INPUT_INVALID", "There is no case.", { at: name });
  return {
    cases,
    name,
    placeOf: (pointer) => `${name}#${Array.isArray(value) ? pointer : pointer.replace(/^\/0/, "")}`,
  };
}

/** Whether a line is a JSON object by itself, so that what follows it is the next one. */
function isWhole(line: string): boolean {
  try {
    return isObject(JSON.parse(line));
  } catch {
    return false;
  }
}

/** A line's own error has line 1; what is said is the line in the file. */
function parseLine(line: string, name: string, number: number): Json {
  try {
    return parseJson(line, name);
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    const column = /:(\d+)$/.exec(error.at ?? "")?.[1] ?? "1";
    throw new BeltError(error.code, error.message, { at: `${name}:${number}:${column}`, cause: error });
  }
}

function objectAt(value: Json, at: string): JsonObject {
  if (isObject(value)) return value;
  throw new BeltError("INPUT_INVALID", "A case must be a JSON object.", { at });
}
