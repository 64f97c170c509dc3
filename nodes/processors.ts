import type { Logger } from "pino";
import type { Config, StationEntry } from "./config.ts";
import { type Processor, prepareProcessor } from "./engine/index.ts";
import { createPrinting } from "./printing.ts";
import { commonSettings, isolate, loadStation, type ProcessEnd, type StationKind } from "./stations/index.ts";

/** The kinds that work in processes of their own unless their settings say otherwise. */
const isolatedKinds: ReadonlySet<StationKind> = new Set(["function", "sql"]);

/** The stations of this node at work. */
export interface Processors {
  /** By the hash of their offer documents. */
  readonly all: ReadonlyMap<string, Processor>;
  /** Starts the processes that stations work in, so that the first case finds them ready. */
  warmUp(): void;
  close(): Promise<void>;
}

interface Opened {
  readonly processor: Processor;
  warmUp?(): void;
  close(): Promise<void>;
}

/**
 * Opens the stations of a configuration, each within this process or in processes of its own.
 *
 * @throws {BeltError} `STATION_INVALID`, `STATION_SETTINGS_INVALID`, `SCHEMA_REFUSED`
 */
export async function openProcessors({ stations }: Config, log: Logger): Promise<Processors> {
  const opened = await Promise.all(stations.map((entry) => open(entry, log)));
  return {
    all: new Map(opened.map(({ processor }) => [processor.document, processor])),
    warmUp() {
      for (const each of opened) each.warmUp?.();
    },
    async close() {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}

async function open({ module, settings }: StationEntry, log: Logger): Promise<Opened> {
  const station = await loadStation(module, { settings });
  const close = async (): Promise<void> => station.close?.();
  const { isolated = isolatedKinds.has(station.kind), prints, ...limits } = commonSettings(settings);
  if (!isolated) return { processor: prepareProcessor(station, settings), close };
  // It was loaded to learn what it is; what it has open is for its processes to open.
  await close();
  const { name } = station;
  const printing = createPrinting({ station: name, logged: prints === "logged", log });
  const apart = isolate(
    { name, module, settings, ...limits },
    { ...limits, ended: (end) => tell(end, name, log), printed: printing.printed },
  );
  const processor = prepareProcessor(station, settings, {
    inHand: apart.inHand,
    work(input, { key, now, attempt, mayUse }, { resumed, aside }) {
      return apart.work({ input, key, now, attempt, resumed }, { mayUse, aside });
    },
  });
  return {
    processor,
    warmUp: apart.warmUp,
    async close() {
      await apart.close();
      printing.close();
    },
  };
}

/** A case that had company is not named: it may have done nothing. */
function tell({ problem, pid, cases, thrown }: ProcessEnd, station: string, log: Logger): void {
  const { code, message } = problem;
  const [alone] = cases.length === 1 ? cases : [];
  log.warn(
    {
      ...{ station, code, pid, cases: cases.length },
      ...(alone === undefined ? {} : { case: alone }),
      ...(thrown === undefined ? {} : { thrown: thrown.name, stack: thrown.places }),
    },
    message,
  );
}
