import { isLive, offersOf } from "../../pipeline/index/index.ts";
import type { NodeOperations } from "../api/index.ts";
import { withoutSecrets } from "../config.ts";
import type { OperationParts } from "./parts.ts";

const states = {
  following: "following",
  "catching up": "catching up",
  stalled: "stalled",
  unreachable: "unreachable",
  replaced: "stopped",
  refused: "stopped",
} as const;

type StatusParts = Pick<
  OperationParts,
  "config" | "version" | "member" | "processors" | "clock" | "reasons"
> & {
  readonly ledger: Pick<OperationParts["ledger"], "state" | "view">;
};

/** How the node itself stands. */
export function nodeStatus(parts: StatusParts): NodeOperations["status"] {
  const { config, version, member, ledger, processors, clock, reasons } = parts;
  return async () => {
    const { phase, reason } = ledger.state();
    const { profiles, head } = ledger.view;
    const now = clock.now() / 1000;
    const offers = offersOf(ledger.view, member).filter((offer) => isLive(ledger.view, offer, now));
    const why = [...reasons()];
    return {
      member,
      name: profiles.get(member)?.name ?? config.name,
      url: config.url,
      version,
      ledger: {
        url: withoutSecrets(config.ledger.url),
        directory: config.ledger.directory,
        block: head?.number ?? 0,
        state: states[phase],
        ...(config.ledger.chainId === undefined ? {} : { chainId: config.ledger.chainId }),
        ...(reason === undefined ? {} : { reason: `${reason.code}: ${reason.message}` }),
      },
      ready: why.length === 0,
      reasons: why,
      stations: [...processors.values()].map(({ station, document }) => {
        const offer = offers.find((each) => each.document === document)?.id;
        const { name, version: rules, kind } = station;
        return { name, version: rules, kind, ...(offer === undefined ? {} : { offer }) };
      }),
      limits: { ...config.limits },
    };
  };
}
