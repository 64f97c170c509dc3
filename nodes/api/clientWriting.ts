import type { z } from "zod";
import { parseJson } from "../parse.ts";
import { readEvents } from "./eventReader.ts";
import type { WriteOptions, Writing } from "./operations.ts";
import {
  type ApiClientParts,
  type Ask,
  parseAnswer,
  refusalOf,
  request,
  textOf,
  unreachable,
} from "./request.ts";
import { DryRun, Transaction } from "./schemas.ts";

/**
 * A writing over the operator's API. Its transactions are followed only for who wants to know of them.
 *
 * @param name - of the route
 * @param asked - what goes with the request
 */
export function writingOver<Given, Answer extends z.ZodType>(
  parts: ApiClientParts,
  name: string,
  { answer, asked }: { readonly answer: Answer; readonly asked: (given: Given) => Ask },
): Writing<Given, z.output<Answer>> {
  const { url } = parts;

  async function ask<T extends z.ZodType>(schema: T, given: Ask): Promise<z.output<T>> {
    const text = await textOf(await request(parts, name, given), url);
    return parseAnswer(schema, parseJson(text, url, "API_ANSWER_INVALID"), url);
  }

  async function follow(given: Ask, tell: (transaction: Transaction) => void): Promise<z.output<Answer>> {
    const response = await request(parts, name, { ...given, accept: "text/event-stream" });
    for await (const { name: event, data } of readEvents(response, url)) {
      if (event === "problem") throw refusalOf(data, url);
      const value = parseJson(data, url, "API_ANSWER_INVALID");
      if (event === "transaction") tell(parseAnswer(Transaction, value, url));
      if (event === "end") return parseAnswer(answer, value, url);
    }
    throw unreachable(url);
  }

  const write = (given: Given, { onTransaction }: WriteOptions = {}): Promise<z.output<Answer>> =>
    onTransaction === undefined ? ask(answer, asked(given)) : follow(asked(given), onTransaction);
  const dryRun = (given: Given): Promise<DryRun> =>
    ask(DryRun, { ...asked(given), query: { dryRun: "true" } });
  return Object.assign(write, { dryRun });
}
