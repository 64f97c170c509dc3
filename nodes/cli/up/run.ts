import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BeltError } from "../../../pipeline/errors.ts";
import { type Network, type NetworkOptions, startNetwork } from "../../network/index.ts";
import { lineOf } from "../failure.ts";
import { print, printJson } from "../output.ts";
import { printBanner } from "./banner.ts";
import { dataOf } from "./data.ts";
import { type Journey, travel } from "./journey.ts";
import { outcomesOf, printOutcome } from "./outcome.ts";
import { readAnswers } from "./people.ts";
import { createPlainShow } from "./plainShow.ts";
import { type Show, silentShow } from "./show.ts";
import { type Stopping, stopOnSignals } from "./stopping.ts";

export interface UpOptions {
  readonly members?: number;
  readonly data?: string;
  readonly port: number;
  readonly ledger?: readonly string[];
  readonly belt: string;
  readonly once?: true;
  readonly json?: true;
}

/** Starts the local network, has the belt's cases travel, and stays up until it is told to stop. */
export async function runUp(options: UpOptions): Promise<void> {
  let network: Network | undefined;
  const say = (sentence: string): void => {
    if (options.json === undefined) print(sentence);
  };
  const stopping = stopOnSignals(
    () => say("\nEverything stops; Ctrl-C again kills it."),
    () => network?.kill(),
  );
  const data = await dataOf(options.data);
  let shown = false;
  try {
    const show = await showOf(options);
    network = await start(options, { data: data.folder, show, signal: stopping.signal });
    shown = await present(network, options, { show, stopping, temporary: data.temporary });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await network?.stop();
    stopping.close();
    const left = await data.leave(!shown && !stopping.signal.aborted);
    if (left !== undefined) process.stderr.write(`The logs are in ${left}.\n`);
  }
  if (!shown) process.exitCode = stopping.exitCode;
}

async function showOf({ json }: UpOptions): Promise<Show> {
  if (json !== undefined) return silentShow;
  const { CI, NO_COLOR, TERM } = process.env;
  if (!process.stdout.isTTY || CI || NO_COLOR || TERM === "dumb") return createPlainShow();
  const { createTerminalShow } = await import("./terminalShow.ts");
  return createTerminalShow();
}

async function start(
  { belt, members, port, ledger }: UpOptions,
  { data, show, signal }: { readonly data: string; readonly show: Show; readonly signal: AbortSignal },
): Promise<Network> {
  const options: NetworkOptions = {
    data,
    members,
    port,
    signal,
    ledgerUrls: ledger,
    belt: beltFolder(belt),
    report: show.step,
    crashed: ({ problem, lines }) => process.stderr.write(`${[lineOf(problem), ...lines].join("\n  ")}\n`),
  };
  try {
    return await startNetwork(options);
  } finally {
    await show.stepsOver();
  }
}

/** The folder of an example belt, which the package has; or any folder. */
function beltFolder(name: string): string {
  if (name.includes("/") || name.includes("\\")) return name;
  if (/^[a-z][a-z0-9-]*$/.test(name))
    return fileURLToPath(new URL(`../../../belts/${name}`, import.meta.url));
  throw new BeltError("USAGE_INVALID", "The belt is no name and no folder.", { at: "--belt" });
}

/** @returns whether all was shown before the command was to stop */
async function present(
  network: Network,
  { once: only, json }: UpOptions,
  {
    show,
    stopping,
    temporary,
  }: { readonly show: Show; readonly stopping: Stopping; readonly temporary: boolean },
): Promise<boolean> {
  const { signal } = stopping;
  const answers = only === undefined ? {} : await readAnswers(network.belt);
  const journey = await travel(network, { show, answers, signal });
  if (json !== undefined) printJson(summary(network, journey));
  else printOutcome(network, journey);
  if (only !== undefined) return true;
  if (json === undefined) printBanner(network, journey, { temporary });
  if (!signal.aborted) await once(signal, "abort");
  return true;
}

/** All of it for a program. */
function summary({ belt, beltId, data, setAside, chain, deployment, members }: Network, journey: Journey) {
  const { sheet, cases, milliseconds, hops, ledger } = journey;
  return {
    belt: { id: beltId, name: belt.template.belt, version: belt.template.version },
    sheet: { id: sheet.sheet, state: sheet.state, stations: sheet.stations },
    cases: outcomesOf(belt, cases),
    totals: {
      cases: cases.length,
      hops,
      seconds: milliseconds / 1000,
      ledger,
      baseline: belt.template.baseline,
    },
    network: {
      data,
      setAside,
      chain: { url: chain.url, chainId: deployment.chainId, directory: deployment.directory },
      members: members.map(({ name, address, url, apiUrl, config, pid }) => ({
        name,
        address,
        url,
        api: apiUrl,
        config,
        pid,
      })),
    },
  };
}
