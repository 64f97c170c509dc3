import {
  type Address,
  type Connection as ConnectionRecord,
  connectionState,
  connectionsOf,
} from "../../pipeline/index/index.ts";
import type { Connection, NodeOperations, WrittenConnection } from "../api/index.ts";
import type { SubmitOptions, Writings, Written } from "../ledger/index.ts";
import { memberNamed } from "./members.ts";
import { nameOf, type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

type ConnectionOperations = Pick<
  NodeOperations,
  "connections" | "requestConnection" | "acceptConnection" | "endConnection"
>;

/** Whom this member works with. */
export function connectionOperations(parts: OperationParts): ConnectionOperations {
  const { ledger, member } = parts;
  const { view } = ledger;

  /** Writes what concerns one partner, who is given by address or name. */
  const withPartner = (
    write: (ledger: Writings, partner: Address, options: SubmitOptions) => Promise<Written>,
  ) =>
    writing(parts, async (given: string, { ledger: to, options }): Promise<WrittenConnection> => {
      const partner = memberNamed(view, given);
      const { transaction } = await write(to, partner, options);
      return { partner, transaction };
    });

  return {
    connections: async () => connectionsOf(view, member).map(connectionView),
    requestConnection: withPartner((to, partner, options) => to.requestConnection(partner, options)),
    acceptConnection: withPartner((to, partner, options) => to.acceptConnection(partner, options)),
    endConnection: withPartner((to, partner, options) => to.endConnection(partner, options)),
  };

  function connectionView(connection: ConnectionRecord): Connection {
    const { requester, requested, accepted, ended } = connection;
    const partner = requester === member ? connection.member : requester;
    return {
      ...{ partner, partnerName: nameOf(view, partner), requester, state: connectionState(connection) },
      requestedAt: timeOfSeconds(requested.at),
      ...(accepted === undefined ? {} : { acceptedAt: timeOfSeconds(accepted.at) }),
      ...(ended === undefined ? {} : { endedAt: timeOfSeconds(ended.at) }),
    };
  }
}
