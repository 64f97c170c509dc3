import type { NodeOperations } from "../api/index.ts";
import { type OperationParts, timeOf } from "./parts.ts";

/** The work that waits for people at this node. */
export function taskOperations({
  engine,
}: Pick<OperationParts, "engine">): Pick<NodeOperations, "tasks" | "completeTask"> {
  return {
    tasks: async () =>
      engine.waits
        .tasks()
        .toSorted((a, b) => a.since - b.since || a.case - b.case)
        .map((task) => ({ ...task, since: timeOf(task.since) })),
    completeTask: (id, answer) => engine.waits.complete(id, answer),
  };
}
