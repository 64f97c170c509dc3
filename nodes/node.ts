import type { Logger } from "pino";
import type { OwnKeys } from "../pipeline/tray/index.ts";
import { runAnew } from "./anew.ts";
import { createApiClient, type NodeOperations } from "./api/index.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createSignals, elsewhere, startEngine } from "./engine/index.ts";
import { engineLedger } from "./enginePorts.ts";
import { listenToPartners, startOperatorApi } from "./faces.ts";
import { followLedger } from "./followLedger.ts";
import type { Identity } from "./identity.ts";
import type { Listening } from "./listen.ts";
import { logSignals } from "./logSignals.ts";
import { createMetrics } from "./metrics/index.ts";
import { openNodeLedger } from "./nodeLedger.ts";
import { openNodeStore } from "./nodeStore.ts";
import { watchOpenSheets } from "./openSheets.ts";
import { createOperations, withWorkers, workerOperations } from "./operations/index.ts";
import { openProcessors } from "./processors.ts";
import { systemRandom } from "./random.ts";
import { readiness } from "./readiness.ts";
import { readRestored } from "./readRestored.ts";
import { openTracing } from "./tracing/index.ts";
import { createTransport } from "./transport/index.ts";
import { version } from "./version.ts";
import { createRoute, type Joining, joinWorkers, type Over } from "./workers/index.ts";

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
 * Starts a node. Where its store is in a database, it is one worker of its member beside those that have the same one.
 *
 * @throws {BeltError} like `startOnce`
 */
export async function startNode(parts: NodeParts): Promise<RunningNode> {
  const { config, log, signal } = parts;
  if (config.store === undefined) return startOnce(parts);
  return runAnew({
    ...{ faces: config, log, clock: systemClock, signal },
    start: (faces, how) => startOnce({ ...parts, config: { ...config, ...faces }, ...how }),
  });
}

interface OnceParts extends NodeParts {
  /** Where there are other workers: is told why this one has to begin anew. */
  readonly over?: Over;
  readonly joins?: Joining;
}

/**
 * Puts a node together and starts it: store, ledger, engine, then its two faces. The API answers as soon as the
 * process is up; the partner face takes trays once the engine has taken up what was left unfinished.
 *
 * @throws {BeltError} `STORE_LOCKED`, `STORE_FAILED`, `STORE_DAMAGED`, `STORE_TOO_NEW`, `STATION_INVALID`,
 *   `SCHEMA_REFUSED`, `PORT_IN_USE`, `LEDGER_WRONG_CHAIN`, `LEDGER_NO_DIRECTORY`, `LEDGER_REPLACED`
 */
async function startOnce({
  config,
  identity,
  log,
  signal,
  over,
  joins = "candidate",
}: OnceParts): Promise<RunningNode> {
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
    const below = await openNodeStore(config, metrics);
    opened.unshift(() => below.close());
    const transport = createTransport();
    opened.unshift(() => transport.close());
    const stopping = new AbortController();
    const stop = AbortSignal.any([signal, stopping.signal]);
    const workers = over && (await joinWorkers({ store: below, log, over, joins, signal: stop }));
    if (workers) opened.unshift(() => workers.leave());
    const store = workers?.store ?? below;
    const leads = workers?.share.leads ?? true;
    const { ledger, writings } = await openNodeLedger({ config, identity, log, store, leads, signal: stop });
    opened.unshift(() => ledger.close());
    // From here on nothing that the ledger says is missed, however long the engine takes to start.
    const changes = ledger.changes(stop);
    const openSheets = watchOpenSheets(ledger.view, ledger.account);
    await readRestored(store, { ledger, leads, log, signal: stop });
    const seals: OwnKeys = (kid) => (kid === identity.sealing.kid ? identity.sealing.key : undefined);
    const engine = await startEngine({
      store,
      ledger: engineLedger(ledger, writings),
      transport,
      clock: systemClock,
      random: systemRandom,
      self: {
        member: identity.address,
        signer: identity.signing,
        seals,
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
      share: workers?.share,
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
    const parts = {
      ...{ config, version, engine, store, signals, processors, reasons },
      ...{ member: identity.address, secret: identity.secret, clock: systemClock, signal: stop },
    };
    const place = { token: identity.token, signal: stop };
    const own = writings && createOperations({ ...parts, ledger: writings });
    const here = workerOperations({ ...parts, ledger });
    /** At a worker that does not lead they are its lead's, whichever that is. */
    const operations = (): NodeOperations => {
      if (own !== undefined)
        return withWorkers(own, () =>
          (workers?.others() ?? []).map(({ api }) => createApiClient({ ...place, url: api })),
        );
      const lead = workers?.lead();
      if (lead === undefined) throw elsewhere("No worker of this member leads at the moment.");
      // One that does not answer is soon found dead, and another one leads.
      const away = (cause: unknown) =>
        elsewhere("The worker of this member that leads does not answer.", cause);
      return { ...createApiClient({ ...place, url: lead.api, away }), ...here };
    };
    const faces: Listening[] = [];
    opened.unshift(() => Promise.all(faces.map((face) => face.close())));
    const accept = workers
      ? createRoute({
          ...{ workers, own: seals, accept: engine.accept },
          holds: (sheet) => engine.holdings?.has(sheet) ?? true,
          passOn: (to, tray) => transport.passOn(to.url, tray, stop),
        })
      : engine.accept;
    const partner = await listenToPartners({ config, engine, accept, member: identity.address });
    faces.push(partner);
    const api = await startOperatorApi({ config, identity, log, operations, status: here.status, metrics });
    faces.push(api);
    stations.warmUp();
    void followLedger(changes, { engine, openSheets, log, lost: (why) => workers?.giveWay(why) }, stop);
    if (workers && engine.holdings) {
      const at = { url: config.workerUrl ?? partner.url, api: api.url };
      // What it cannot work on it is not to have: a ledger that it refuses shows before it has caught up.
      await ledger.caughtUp(stop, { patient: false }).catch(() => {});
      if (!stop.aborted) await workers.serve(at, engine.holdings);
    }

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

/** Closes one after the other; what cannot be closed keeps nothing else open. */
async function closeAll(opened: readonly (() => Promise<unknown>)[], log: Logger): Promise<void> {
  for (const close of opened) {
    await close().catch((problem: unknown) => log.error({ err: problem }, "something does not close"));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
