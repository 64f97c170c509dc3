import type { NodeOperations } from "../api/index.ts";
import { backUp } from "../backup/index.ts";
import { beltOperations } from "./belts.ts";
import { bookOperation } from "./book.ts";
import { bookingOperations } from "./bookings.ts";
import { communityOperations } from "./communities.ts";
import { connectionOperations } from "./connections.ts";
import { consentOperations } from "./consents.ts";
import { createParsedDocuments } from "./documents.ts";
import { governanceOperations } from "./governance.ts";
import { nodeStatus } from "./node.ts";
import { offerOperations } from "./offers.ts";
import type { OperationParts } from "./parts.ts";
import { quarantineOperations } from "./quarantine.ts";
import { sheetOperations } from "./sheets.ts";
import { stewardshipOperations } from "./stewardship.ts";
import { taskOperations } from "./tasks.ts";
import { transactionOperations } from "./transactions.ts";

export type { OperationParts } from "./parts.ts";
export { withWorkers, workerOperations } from "./workers.ts";
export { writing } from "./writing.ts";

/** What an operator can ask of this node, over its engine and the ledger. */
export function createOperations(parts: OperationParts): NodeOperations {
  const documents = createParsedDocuments(parts);
  const { store, member, clock, version } = parts;
  return {
    status: nodeStatus(parts),
    backup: () => backUp(store, { member, at: clock.now(), program: version }),
    book: bookOperation(parts, documents),
    ...bookingOperations(parts, documents),
    ...sheetOperations(parts, documents),
    ...taskOperations(parts),
    ...quarantineOperations(parts),
    ...offerOperations(parts, documents),
    ...beltOperations(parts, documents),
    ...transactionOperations(parts),
    ...consentOperations(parts),
    ...connectionOperations(parts),
    ...stewardshipOperations(parts),
    ...governanceOperations(parts),
    ...communityOperations(parts),
  };
}
