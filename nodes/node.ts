import { createServer } from "node:http";
import type { Logger } from "pino";
import type { EventName } from "../pipeline/index/index.ts";
import { trayVersions } from "../pipeline/tray/index.ts";
import { type NodeOperations, startApi } from "./api/index.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createSignals, type Engine, startEngine } from "./engine/index.ts";
import { engineLedger } from "./enginePorts.ts";
import type { Identity } from "./identity.ts";
import { type Ledger, openLedger } from "./ledger/index.ts";
import { type Listening, listen } from "./listen.ts";
import { logSignals } from "./logSignals.ts";
import { createMetrics, type Metrics } from "./metrics/index.ts";
import { openNodeStore } from "./nodeStore.ts";
import { type OpenSheets, watchOpenSheets } from "./openSheets.ts";
import { createOperations } from "./operations/index.ts";
import { openProcessors } from "./processors.ts";
import { systemRandom } from "./random.ts";
import { readiness } from "./readiness.ts";
import { restoredOf, type Store } from "./store/index.ts";
import { openTracing } from "./tracing/index.ts";
import { createTransport, partnerRoutes } from "./transport/index.ts";
import { version } from "./version.ts";

export interface NodeParts {
  readonly config: Config;
  readonly identity: Identity;
  readonly log: Logger;
  /** Stops the node: work in hand is finished or kept, then everything is closed. */
  readonly signal: AbortSignal;
}

/** A running node. */
export interface RunningNode {
  /** Where its partner face listens. */
  readonly url: string;
  /** Where its operator's API listens. */
  readonly apiUrl: string;
  /** Resolves when the node has stopped and closed everything. */
  readonly stopped: Promise<void>;
}

/**
 * Puts a node together and starts it: store, ledger, engine, then its two faces. The API answers as soon as the
 * process is up; the partner face takes trays once the engine has taken up what was left unfinished.
 *
 * @throws {BeltError} `STORE_LOCKED`, `STORE_FAILED`, `STORE_DAMAGED`, `STORE_TOO_NEW`, `STATION_INVALID`, `SCHEMA_REFUSED`, `PORT_IN_USE`,
 *   `LEDGER_WRONG_CHAIN`, `LEDGER_NO_DIRECTORY`, `LEDGER_REPLACED`
 */
export async function startNode({ config, identity, log, signal }: NodeParts): Promise<RunningNode> {
  const stations = await openProcessors(config, log);
  const processors = stations.all;
  const opened: (() => Promise<unknown>)[] = [stations.close];
  try {
    const signals = createSignals();
    logSignals(signals, log);
    const metrics = createMetrics({ signals, version });
    const { endpoint } = config.traces;
    if (endpoint !== undefined) {
      const about = { endpoint, name: config.name, member: identity.address, version };
      const tracing = await openTracing({ ...about, log, signals, now: systemClock.now });
      opened.unshift(tracing.close);
    }
    const store = await openNodeStore(config, metrics);
    opened.unshift(() => store.close());
    const transport = createTransport();
    opened.unshift(() => transport.close());
    const stopping = new AbortController();
    const stop = AbortSignal.any([signal, stopping.signal]);
    const ledger = await openLedger({
      url: config.ledger.url,
      directory: config.ledger.directory,
      chainId: config.ledger.chainId,
      subscribe: true,
      store,
      wallet: identity.account,
      log,
      now: systemClock.now,
      mostPending: config.limits.pendingTransactions,
      signal: stop,
    });
    opened.unshift(() => ledger.close());
    // From here on nothing that the ledger says is missed, however long the engine takes to start.
    const changes = ledger.changes(stop);
    const openSheets = watchOpenSheets(ledger.view, ledger.account);
    await checkRestored(store, { ledger, log, signal: stop });
    const engine = await startEngine({
      store,
      ledger: engineLedger(ledger),
      transport,
      clock: systemClock,
      random: systemRandom,
      self: {
        member: identity.address,
        signer: identity.signing,
        seals: (kid) => (kid === identity.sealing.kid ? identity.sealing.key : undefined),
        secret: identity.secret,
      },
      signals,
      traced: endpoint !== undefined,
      processors,
      limits: {
        concurrency: config.limits.concurrency,
        backlog: config.limits.waitingCases,
        anchorAfter: 2_000,
        withdrawAfter: 30_000,
      },
      signal: stop,
    });
    opened.unshift(async () => {
      stopping.abort();
      await engine.stopped;
    });
    for (const { bytes } of processors.values()) await engine.documents.put(bytes);
    const reasons = (): string[] => readiness({ ledger, engine, store });
    metrics.watch({
      ...{ engine, ledger, now: systemClock.now },
      openSheets: () => openSheets.count(systemClock.now() / 1_000),
      isReady: () => reasons().length === 0,
    });
    const operations = createOperations({
      ...{ config, version, ledger, engine, store, signals, processors, reasons },
      member: identity.address,
      secret: identity.secret,
      clock: systemClock,
      signal: stop,
    });
    const faces: Listening[] = [];
    opened.unshift(() => Promise.all(faces.map((face) => face.close())));
    const partner = await listenToPartners({ config, engine, member: identity.address });
    faces.push(partner);
    const api = await startOperatorApi({ config, identity, log, operations, metrics });
    faces.push(api);
    stations.warmUp();
    void followLedger(changes, { engine, openSheets, log }, stop);

    const stopped = (async () => {
      await aborted(signal);
      log.info("The node stops; its work is kept.");
      await closeAll(opened, log);
    })();
    log.info({ url: partner.url, api: api.url, member: identity.address }, "The node is up.");
    return { url: partner.url, apiUrl: api.url, stopped };
  } catch (error) {
    await closeAll(opened, log);
    throw error;
  }
}

/**
 * A store that was restored knows the ledger as it was then: before anything is done with it, the log's anchored head and
 * all bookings are to be known, so the ledger is read first.
 */
async function checkRestored(
  store: Store,
  { ledger, log, signal }: { readonly ledger: Ledger; readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const restored = await restoredOf(store);
  if (restored === undefined || restored.checked) return;
  const since = new Date(restored.at).toISOString();
  log.warn({ since }, "The store was restored from a backup; the ledger is read before anything is done.");
  await ledger.caughtUp(signal);
}

/** Closes one after the other; what cannot be closed keeps nothing else open. */
async function closeAll(opened: readonly (() => Promise<unknown>)[], log: Logger): Promise<void> {
  for (const close of opened) {
    await close().catch((problem: unknown) => log.error({ err: problem }, "something does not close"));
  }
}

const movesSheet: ReadonlySet<EventName> = new Set(["SheetReported", "StationSettled", "SheetExpired"]);

/** Tells the engine what the ledger says, for as long as it can be followed. */
async function followLedger(
  changes: ReturnType<Ledger["changes"]>,
  {
    engine,
    openSheets,
    log,
  }: { readonly engine: Engine; readonly openSheets: OpenSheets; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { events } of changes) {
      openSheets.heard(events);
      const closed = events.flatMap((event) => (event.event === "SheetExpired" ? [event.sheet] : []));
      const moved = events.flatMap((event) =>
        movesSheet.has(event.event) && "sheet" in event ? [event.sheet] : [],
      );
      const booked = events.flatMap((event) => (event.event === "SheetBooked" ? [event.sheet] : []));
      engine.ledgerChanged({ booked, closed, moved });
    }
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, "The ledger is no longer followed.");
  }
}

async function listenToPartners({
  config,
  engine,
  member,
}: {
  readonly config: Config;
  readonly engine: Engine;
  readonly member: string;
}) {
  // Whoever sends a byte now and then holds a connection and some memory: for a minute at most.
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000 },
    partnerRoutes({
      accept: engine.accept,
      document: engine.documents.get,
      manifest: engine.manifest,
      copies: engine.copies,
      about: { member, version, trays: trayVersions },
    }),
  );
  return listen(server, config.listen);
}

function startOperatorApi({
  config,
  identity,
  log,
  operations,
  metrics,
}: {
  readonly config: Config;
  readonly identity: Identity;
  readonly log: Logger;
  readonly operations: NodeOperations;
  readonly metrics: Metrics;
}) {
  return startApi({
    ...config.api,
    operations,
    token: identity.token,
    registry: metrics.registry,
    log,
    version,
    requestBytes: config.limits.requestBytes,
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
