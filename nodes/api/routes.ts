import { z } from "zod";
import { Bytes32 } from "../../pipeline/belt/index.ts";
import { agreementRoutes } from "./agreementRoutes.ts";
import { bookingRoutes } from "./bookingRoutes.ts";
import { governanceRoutes } from "./governanceRoutes.ts";
import { Keyed, withKey } from "./keyed.ts";
import { quarantineRoutes } from "./quarantineRoutes.ts";
import { answers, nothing, type Route, streams, writes } from "./route.ts";
import {
  Belt,
  BeltCheck,
  BeltDetail,
  BeltName,
  BeltTemplate,
  Booked,
  Booking,
  Case,
  CaseEvent,
  NewOffer,
  NewProduct,
  NodeStatus,
  Offer,
  OfferDetail,
  PublishedBelt,
  PublishedOffer,
  Sheet,
  SheetEnd,
  Task,
  TaskAnswer,
  Transaction,
  WithdrawnOffer,
} from "./schemas.ts";

const sheetInput = z.object({ params: z.object({ sheet: Bytes32 }) });
const offerInput = z.object({ params: z.object({ offer: Bytes32 }) });
const caseNumber = z.string().regex(/^(?:0|[1-9]\d{0,3})$/, "use a case's number, from 0");

/** Every route of the operator's API: what the server serves and the description describes. */
export const routes: readonly Route[] = [
  answers({
    method: "get",
    path: "/v1/status",
    name: "status",
    summary: "How the node is: its member, ledger, stations and limits.",
    input: nothing,
    answer: NodeStatus,
    run: (node) => node.status(),
  }),

  {
    method: "get",
    path: "/v1/backup",
    name: "backup",
    summary: "A backup of the node's store as it is now, without its keys; `belt restore` takes it.",
    input: nothing,
    kind: "bytes",
    open: (node) => node.backup(),
  },
  answers({
    method: "get",
    path: "/v1/transactions",
    name: "transactions",
    summary: "This account's transactions that are not final yet, in the order of their nonces.",
    input: nothing,
    answer: z.object({ transactions: z.array(Transaction) }),
    run: async (node) => ({ transactions: [...(await node.transactions())] }),
  }),

  writes({
    method: "post",
    path: "/v1/sheets",
    name: "book",
    summary: "Books one sheet of cases, all of them or none.",
    input: Keyed.extend({ body: Booking }),
    status: 201,
    answer: Booked,
    operation: (node) => node.book,
    asked: withKey,
  }),
  answers({
    method: "get",
    path: "/v1/sheets",
    name: "sheets",
    summary: "The sheets that this member booked, the newest first.",
    input: nothing,
    answer: z.object({ sheets: z.array(Sheet) }),
    run: async (node) => ({ sheets: [...(await node.sheets())] }),
  }),
  answers({
    method: "get",
    path: "/v1/sheets/{sheet}",
    name: "sheet",
    summary: "One sheet, and how far every station is with it.",
    input: sheetInput,
    answer: Sheet,
    run: (node, { params }) => node.sheet(params.sheet),
  }),
  answers({
    method: "get",
    path: "/v1/sheets/{sheet}/cases",
    name: "cases",
    summary: "The cases of a sheet with their results or reasons.",
    input: sheetInput,
    answer: z.object({ cases: z.array(Case) }),
    run: async (node, { params }) => ({ cases: [...(await node.cases(params.sheet))] }),
  }),
  answers({
    method: "get",
    path: "/v1/sheets/{sheet}/cases/{case}",
    name: "case",
    summary: "One case with what every station did with it.",
    input: z.object({ params: z.object({ sheet: Bytes32, case: caseNumber }) }),
    answer: Case,
    run: (node, { params }) => node.case(params.sheet, Number(params.case)),
  }),
  streams({
    method: "get",
    path: "/v1/sheets/{sheet}/events",
    name: "watch",
    summary:
      "What happens to the cases of a sheet: all that has happened first, then the rest as it happens.",
    input: sheetInput,
    event: CaseEvent,
    end: SheetEnd,
    async open(node, { params: { sheet } }, signal) {
      // An unknown sheet is refused before the stream begins.
      await node.sheet(sheet);
      return {
        events: node.watch(sheet, signal),
        end: async () => ({ state: (await node.sheet(sheet)).state }),
      };
    },
  }),

  ...bookingRoutes,

  answers({
    method: "get",
    path: "/v1/tasks",
    name: "tasks",
    summary: "The tasks of this node's stations that wait for a person, the oldest first.",
    input: nothing,
    answer: z.object({ tasks: z.array(Task) }),
    run: async (node) => ({ tasks: [...(await node.tasks())] }),
  }),
  answers({
    method: "post",
    path: "/v1/tasks/{task}/answer",
    name: "completeTask",
    summary: "Completes a task with a person's answer.",
    input: z.object({ params: z.object({ task: Task.shape.id }), body: TaskAnswer }),
    status: 204,
    run: (node, { params, body }) => node.completeTask(params.task, body.answer),
  }),

  ...quarantineRoutes,

  answers({
    method: "get",
    path: "/v1/offers",
    name: "offers",
    summary: "The offers on the ledger, or those of this member.",
    input: z.object({ query: z.strictObject({ mine: z.enum(["true", "false"]).default("false") }) }),
    answer: z.object({ offers: z.array(Offer) }),
    run: async (node, { query }) => ({ offers: [...(await node.offers({ mine: query.mine === "true" }))] }),
  }),
  writes({
    method: "post",
    path: "/v1/offers",
    name: "publishOffer",
    summary: "Publishes a station of this node as an offer.",
    input: z.object({ body: NewOffer }),
    status: 201,
    answer: PublishedOffer,
    operation: (node) => node.publishOffer,
    asked: ({ body }) => body,
  }),
  writes({
    method: "post",
    path: "/v1/products",
    name: "publishProduct",
    summary: "Publishes a product, as a new version of this member's former one of the name.",
    input: z.object({ body: NewProduct }),
    status: 201,
    answer: PublishedOffer,
    operation: (node) => node.publishProduct,
    asked: ({ body }) => body,
  }),
  answers({
    method: "get",
    path: "/v1/offers/{offer}",
    name: "offer",
    summary: "One offer with the schemas of what its station takes and gives.",
    input: offerInput,
    answer: OfferDetail,
    run: (node, { params }) => node.offer(params.offer),
  }),
  writes({
    method: "delete",
    path: "/v1/offers/{offer}",
    name: "withdrawOffer",
    summary: "Withdraws an offer of this member; sheets that are booked go on.",
    input: offerInput,
    answer: WithdrawnOffer,
    operation: (node) => node.withdrawOffer,
    asked: ({ params }) => params.offer,
  }),

  answers({
    method: "get",
    path: "/v1/belts",
    name: "belts",
    summary: "The belts on the ledger.",
    input: nothing,
    answer: z.object({ belts: z.array(Belt) }),
    run: async (node) => ({ belts: [...(await node.belts())] }),
  }),
  writes({
    method: "post",
    path: "/v1/belts",
    name: "publishBelt",
    summary: "Checks a belt as a whole and publishes it.",
    input: z.object({ body: BeltTemplate }),
    status: 201,
    answer: PublishedBelt,
    operation: (node) => node.publishBelt,
    asked: ({ body }) => body,
  }),
  answers({
    method: "post",
    path: "/v1/belts/check",
    name: "checkBelt",
    summary: "Checks a belt as a whole without publishing it.",
    input: z.object({ body: BeltTemplate }),
    answer: BeltCheck,
    run: (node, { body }) => node.checkBelt(body),
  }),
  answers({
    method: "get",
    path: "/v1/belts/{belt}",
    name: "belt",
    summary: "One belt with its document, by id, name or name@version.",
    input: z.object({ params: z.object({ belt: BeltName }) }),
    answer: BeltDetail,
    run: (node, { params }) => node.belt(params.belt),
  }),

  ...agreementRoutes,
  ...governanceRoutes,
];
