import type { NodeOperations, QuarantinedCase } from "../api/index.ts";
import type { QuarantinedCase as HeldCase } from "../engine/index.ts";
import { type OperationParts, timeOf } from "./parts.ts";

type QuarantineOperations = Pick<
  NodeOperations,
  "quarantine" | "quarantined" | "retryQuarantined" | "rejectQuarantined"
>;

/** The cases that crashed or hung a station of this node. */
export function quarantineOperations({
  engine: { quarantine },
}: Pick<OperationParts, "engine">): QuarantineOperations {
  return {
    quarantine: async () => quarantine.list().map(view),
    async quarantined(id) {
      const { held, input } = quarantine.look(id);
      return { ...view(held), input };
    },
    retryQuarantined: (id) => quarantine.retry(id),
    rejectQuarantined: (id, { reason }) => quarantine.reject(id, reason),
  };
}

const view = (held: HeldCase): QuarantinedCase => ({
  ...held,
  since: timeOf(held.since),
  until: timeOf(held.until),
});
