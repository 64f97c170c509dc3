import { createServer } from "node:http";
import type { Logger } from "pino";
import { trayVersions } from "../pipeline/tray/index.ts";
import { type NodeOperations, startApi } from "./api/index.ts";
import type { Config } from "./config.ts";
import type { Engine } from "./engine/index.ts";
import type { Identity } from "./identity.ts";
import { listen } from "./listen.ts";
import type { Metrics } from "./metrics/index.ts";
import { type PartnerFace, partnerRoutes } from "./transport/index.ts";
import { version } from "./version.ts";

/** Takes trays and questions from partners. */
export function listenToPartners({
  config,
  engine,
  accept,
  member,
}: {
  readonly config: Config;
  readonly engine: Engine;
  readonly accept: PartnerFace["accept"];
  readonly member: string;
}) {
  // Whoever sends a byte now and then holds a connection and some memory: for a minute at most.
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000 },
    partnerRoutes({
      accept,
      document: engine.documents.get,
      manifest: engine.manifest,
      copies: engine.copies,
      about: { member, version, trays: trayVersions },
    }),
  );
  return listen(server, config.listen);
}

/** Answers the operator. */
export function startOperatorApi({
  config,
  identity,
  log,
  operations,
  status,
  metrics,
}: {
  readonly config: Config;
  readonly identity: Identity;
  readonly log: Logger;
  readonly operations: () => NodeOperations;
  readonly status: NodeOperations["status"];
  readonly metrics: Metrics;
}) {
  return startApi({
    ...config.api,
    get operations() {
      return operations();
    },
    status,
    token: identity.token,
    registry: metrics.registry,
    log,
    version,
    requestBytes: config.limits.requestBytes,
  });
}
