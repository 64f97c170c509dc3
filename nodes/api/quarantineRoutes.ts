import { z } from "zod";
import { answers, nothing, type Route } from "./route.ts";
import { QuarantinedCase, QuarantinedCaseDetail, Rejection } from "./schemas.ts";

const one = z.object({ params: z.object({ id: QuarantinedCase.shape.id }) });

/** What the operator can do about cases that crashed or hung a station. */
export const quarantineRoutes: readonly Route[] = [
  answers({
    method: "get",
    path: "/v1/quarantine",
    name: "quarantine",
    summary: "The cases that crashed or hung this node's stations and wait for a decision, the oldest first.",
    input: nothing,
    answer: z.object({ cases: z.array(QuarantinedCase) }),
    run: async (node) => ({ cases: [...(await node.quarantine())] }),
  }),
  answers({
    method: "get",
    path: "/v1/quarantine/{id}",
    name: "quarantined",
    summary: "One case in quarantine with what the station has to work with.",
    input: one,
    answer: QuarantinedCaseDetail,
    run: (node, { params }) => node.quarantined(params.id),
  }),
  answers({
    method: "post",
    path: "/v1/quarantine/{id}/retry",
    name: "retryQuarantined",
    summary: "Has a case in quarantine tried again, if its conditions still hold.",
    input: one,
    status: 204,
    run: (node, { params }) => node.retryQuarantined(params.id),
  }),
  answers({
    method: "post",
    path: "/v1/quarantine/{id}/reject",
    name: "rejectQuarantined",
    summary: "Fails a case in quarantine; its consumer is told why.",
    input: one.extend({ body: Rejection }),
    status: 204,
    run: (node, { params, body }) => node.rejectQuarantined(params.id, body),
  }),
];
