import { readFile } from "node:fs/promises";
import type { Network } from "../../nodes/network/index.ts";
import type { Json } from "../../pipeline/json.ts";

/** What of a value would tell somebody about the person, wherever it turned up: no small numbers, yes or no. */
export function tellingValues(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return value.length >= 6 ? [value] : [];
  if (typeof value === "number") return Math.abs(value) >= 100_000 ? [String(value)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(tellingValues);
}

/** Those of the values that stand in a text, not as a part of a longer word or number. */
export function foundIn(text: string, values: Iterable<string>): readonly string[] {
  const words = new Set(text.split(/[^\p{L}\p{N}_-]+/u));
  // What has several words is looked for as it is; one alone only as a whole.
  return [...new Set(values)].filter((value) =>
    /^[\p{L}\p{N}_-]+$/u.test(value) ? words.has(value) : text.includes(value),
  );
}

/** What every node of a network has logged, by the member's name. */
export async function logsOf({ members }: Network): Promise<ReadonlyMap<string, string>> {
  const texts = members.map(async ({ name, log }) => [name, await readFile(log, "utf8")] as const);
  return new Map(await Promise.all(texts));
}

/** What a node says at `/metrics`. */
export async function metricsOf({ apiUrl, token }: Network["members"][number]): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(new URL("/metrics", apiUrl), { headers })).text();
}
