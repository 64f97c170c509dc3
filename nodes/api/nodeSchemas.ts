import { z } from "zod";
import { Bytes32, Name } from "../../pipeline/belt/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Count, Sentence, Version } from "./values.ts";

/**
 * How the node stands with the ledger: it follows its blocks, catches up with older ones, waits since no blocks are
 * made, cannot reach it and goes on when it can, or has stopped because this is not the ledger that it knows.
 */
export const LedgerState = z.enum(["following", "catching up", "stalled", "unreachable", "stopped"]);

export const StationKind = z.enum(["function", "http", "sql", "human", "timer"]);

export const NodeStatus = z.object({
  member: Address,
  name: Name,
  url: z.string(),
  version: z.string(),
  ledger: z.object({
    url: z.string().describe("Without user, password, path and query."),
    chainId: z.int().positive().optional(),
    directory: Address,
    block: Count.describe("The newest block that was read."),
    state: LedgerState,
    reason: Sentence.optional(),
  }),
  ready: z.boolean(),
  reasons: z.array(Sentence).describe("Why the node is not ready; empty when it is."),
  stations: z.array(
    z.object({
      name: Name,
      version: Version,
      kind: StationKind,
      offer: Bytes32.optional().describe("The station's live offer on the ledger, if it has one."),
    }),
  ),
  limits: z.record(z.string(), z.number()),
  clockSkewSeconds: z.number().optional().describe("How far this node's clock is ahead of the ledger's."),
});
export type NodeStatus = z.infer<typeof NodeStatus>;

export const Readiness = z.object({ ready: z.boolean(), reasons: z.array(Sentence) });
