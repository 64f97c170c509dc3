import { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import { duration, type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { print, printJson } from "./output.ts";

/** How long the node may take to answer, in milliseconds. */
const patience = 5_000;

interface TopOptions extends NodeOptions, JsonOption {
  readonly once?: true;
  /** Seconds. */
  readonly every: number;
}

/** `belt top`: how a running node does, at a terminal in place. */
export function topCommand(): Command {
  const command = new Command("top")
    .summary("watch a node at work")
    .description(
      "Watch a running node: what travels on every edge and what waits there, its disk, memory and ledger. At a terminal the picture is renewed in place, until q or Ctrl-C; elsewhere, with --once or --json, it is one picture of two readings.",
    )
    .option("--once", "show one picture and end")
    .option("--every <duration>", "the time between two readings", duration, 1)
    .action(top);
  return withExamples(
    withJson(withNode(command)),
    ["belt top", "watch the node of this folder"],
    ["belt top --once", "one picture, as text"],
    ["belt top --json | jq .edges", "for a program"],
  );
}

async function top({ once, every, json, ...options }: TopOptions): Promise<void> {
  const [{ findApi }, { createApiClient, readMetrics }, { topOf }, { pictureOf }] = await Promise.all([
    import("./connect.ts"),
    import("../api/index.ts"),
    import("./top/reading.ts"),
    import("./top/picture.ts"),
  ]);
  const place = await findApi(options);
  const read = async (ends?: AbortSignal) => {
    const late = AbortSignal.timeout(patience);
    const parts = { ...place, signal: AbortSignal.any(ends === undefined ? [late] : [late, ends]) };
    try {
      const [status, samples] = await Promise.all([createApiClient(parts).status(), readMetrics(parts)]);
      return { at: Date.now(), status, samples };
    } catch (cause) {
      if (!late.aborted) throw cause;
      throw new BeltError("API_UNREACHABLE", "The node does not answer in time.", { at: place.url, cause });
    }
  };
  if (json === undefined && once === undefined && process.stdout.isTTY && process.stdin.isTTY) {
    const [{ watch }, { stopOnSignals }] = await Promise.all([
      import("./top/watch.ts"),
      import("./up/stopping.ts"),
    ]);
    const nothing = (): void => undefined;
    const stopping = stopOnSignals(nothing, nothing);
    try {
      const { stdout: terminal, stdin: keys } = process;
      const parts = { terminal, keys, read, every: every * 1_000, signal: stopping.signal };
      if (await watch(parts)) process.exitCode = stopping.exitCode || 130;
    } finally {
      stopping.close();
    }
    return;
  }
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, every * 1_000));
  const picture = topOf(await read(), before);
  if (json) printJson(picture);
  else for (const line of pictureOf(picture, { columns: process.stdout.columns || 80 })) print(line);
}
