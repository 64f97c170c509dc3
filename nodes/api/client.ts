import { z } from "zod";
import { parseJson } from "../parse.ts";
import { agreementClient } from "./agreementClient.ts";
import { writingOver } from "./clientWriting.ts";
import { readEvents } from "./eventReader.ts";
import { governanceClient } from "./governanceClient.ts";
import { askedUnderKey } from "./keyed.ts";
import type { NodeOperations } from "./operations.ts";
import {
  type ApiClientParts,
  type Ask,
  parseAnswer,
  refusalOf,
  request,
  textOf,
  unreachable,
} from "./request.ts";
import {
  Belt,
  BeltCheck,
  BeltDetail,
  Booked,
  BookedProduct,
  Case,
  CaseEvent,
  NodeStatus,
  Offer,
  OfferDetail,
  PublishedBelt,
  PublishedOffer,
  QuarantinedCase,
  QuarantinedCaseDetail,
  Sheet,
  SheetChanged,
  Task,
  Transaction,
  WithdrawnOffer,
} from "./schemas.ts";

/**
 * A running node's operations, over its operator's API. A refusal comes back as the `BeltError` that the node threw.
 *
 * @throws {BeltError} (every operation) `API_UNREACHABLE`, `API_ANSWER_INVALID`, and what the node refuses
 */
export function createApiClient(parts: ApiClientParts): NodeOperations {
  const { url } = parts;
  const ask = async <T extends z.ZodType>(name: string, schema: T, given: Ask = {}): Promise<z.output<T>> => {
    const text = await textOf(await request(parts, name, given), url);
    return parseAnswer(schema, parseJson(text, url, "API_ANSWER_INVALID"), url);
  };

  /** A writing that is asked for by its body alone. */
  const post = <Answer extends z.ZodType>(name: string, answer: Answer) =>
    writingOver(parts, name, { answer, asked: (body: object) => ({ body }) });

  return {
    status: () => ask("status", NodeStatus),
    async *backup() {
      const { body } = await request(parts, "backup", {});
      if (body === null) throw unreachable(url);
      try {
        yield* body;
      } catch (cause) {
        throw unreachable(url, cause);
      }
    },
    transactions: async () =>
      (await ask("transactions", z.object({ transactions: z.array(Transaction) }))).transactions,
    book: writingOver(parts, "book", { answer: Booked, asked: askedUnderKey }),
    bookProduct: writingOver(parts, "bookProduct", { answer: BookedProduct, asked: askedUnderKey }),
    cancelSheet: post("cancelSheet", SheetChanged),
    declineStation: post("declineStation", SheetChanged),
    deliver: post("deliver", SheetChanged),
    acceptReports: post("acceptReports", SheetChanged),
    disputeCases: post("disputeCases", SheetChanged),
    resolveDispute: post("resolveDispute", SheetChanged),
    sheets: async () => (await ask("sheets", z.object({ sheets: z.array(Sheet) }))).sheets,
    sheet: (sheet) => ask("sheet", Sheet, { params: { sheet } }),
    cases: async (sheet) =>
      (await ask("cases", z.object({ cases: z.array(Case) }), { params: { sheet } })).cases,
    case: (sheet, number) => ask("case", Case, { params: { sheet, case: String(number) } }),
    async *watch(sheet, signal) {
      try {
        const response = await request(parts, "watch", { params: { sheet }, signal });
        for await (const { name, data } of readEvents(response, url)) {
          if (name === "end") return;
          if (name === "problem") throw refusalOf(data, url);
          if (name === "case") yield parseAnswer(CaseEvent, parseJson(data, url, "API_ANSWER_INVALID"), url);
        }
        throw unreachable(url);
      } catch (error) {
        if (!signal.aborted && parts.signal?.aborted !== true) throw error;
      }
    },
    tasks: async () => (await ask("tasks", z.object({ tasks: z.array(Task) }))).tasks,
    completeTask: async (task, answer) => {
      await request(parts, "completeTask", { params: { task }, body: { answer } });
    },
    quarantine: async () => (await ask("quarantine", z.object({ cases: z.array(QuarantinedCase) }))).cases,
    quarantined: (id) => ask("quarantined", QuarantinedCaseDetail, { params: { id } }),
    retryQuarantined: async (id) => {
      await request(parts, "retryQuarantined", { params: { id } });
    },
    rejectQuarantined: async (id, body) => {
      await request(parts, "rejectQuarantined", { params: { id }, body });
    },
    offers: async ({ mine }) =>
      (await ask("offers", z.object({ offers: z.array(Offer) }), { query: { mine: String(mine) } })).offers,
    offer: (offer) => ask("offer", OfferDetail, { params: { offer } }),
    publishOffer: post("publishOffer", PublishedOffer),
    publishProduct: post("publishProduct", PublishedOffer),
    withdrawOffer: writingOver(parts, "withdrawOffer", {
      answer: WithdrawnOffer,
      asked: (offer) => ({ params: { offer } }),
    }),
    belts: async () => (await ask("belts", z.object({ belts: z.array(Belt) }))).belts,
    belt: (belt) => ask("belt", BeltDetail, { params: { belt } }),
    checkBelt: (body) => ask("checkBelt", BeltCheck, { body }),
    publishBelt: post("publishBelt", PublishedBelt),
    ...agreementClient(parts, ask),
    ...governanceClient(parts, ask),
  };
}
