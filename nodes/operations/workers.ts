import { BeltError, type Code } from "../../pipeline/errors.ts";
import type { NodeOperations } from "../api/index.ts";
import { nodeStatus } from "./node.ts";
import type { OperationParts } from "./parts.ts";
import { quarantineOperations } from "./quarantine.ts";
import { taskOperations } from "./tasks.ts";

/** What a worker that does not lead does itself; everything else its lead does, and is asked over its API. */
export function workerOperations(
  parts: Pick<
    OperationParts,
    "engine" | "config" | "version" | "member" | "processors" | "clock" | "reasons"
  > & {
    readonly ledger: Pick<OperationParts["ledger"], "state" | "view">;
  },
) {
  return { status: nodeStatus(parts), ...taskOperations(parts), ...quarantineOperations(parts) };
}

/** The lead's operations, with the people's work and the quarantine of all workers. */
export function withWorkers(own: NodeOperations, others: () => readonly NodeOperations[]): NodeOperations {
  /** All that every worker has; one that does not answer is left out, since its work is about to be another one's. */
  async function all<T>(ask: (node: NodeOperations) => Promise<readonly T[]>): Promise<T[]> {
    const answers = await Promise.allSettled(others().map(ask));
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    return [...(await ask(own)), ...found];
  }

  /** Asks one worker after the other until one knows it. */
  async function one<T>(unknown: Code, ask: (node: NodeOperations) => Promise<T>): Promise<T> {
    for (const node of others()) {
      try {
        return await ask(node);
      } catch (error) {
        if (!(error instanceof BeltError) || (error.code !== unknown && error.code !== "API_UNREACHABLE"))
          throw error;
      }
    }
    return ask(own);
  }

  return {
    ...own,
    tasks: async () => (await all((node) => node.tasks())).toSorted(bySince),
    completeTask: (id, answer) => one("TASK_UNKNOWN", (node) => node.completeTask(id, answer)),
    quarantine: async () => (await all((node) => node.quarantine())).toSorted(bySince),
    quarantined: (id) => one("QUARANTINE_UNKNOWN", (node) => node.quarantined(id)),
    retryQuarantined: (id) => one("QUARANTINE_UNKNOWN", (node) => node.retryQuarantined(id)),
    rejectQuarantined: (id, body) => one("QUARANTINE_UNKNOWN", (node) => node.rejectQuarantined(id, body)),
  };
}

interface Waiting {
  readonly since: string;
  readonly case: number;
}

const bySince = (one: Waiting, other: Waiting): number =>
  Date.parse(one.since) - Date.parse(other.since) || one.case - other.case;
