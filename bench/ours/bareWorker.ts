/** The program of a process that does bare hops: says that it is ready, works when it is told to, and says what it did. */
import { setImmediate as turn } from "node:timers/promises";
import { emptyFrontier } from "../../pipeline/log/index.ts";
import { monotonic } from "../measure/profile.ts";
import { bareHop } from "./bareHop.ts";
import { type BareWork, Go } from "./ceiling.ts";

const { work } = bareHop();

async function workFor(seconds: number): Promise<BareWork> {
  const [from, before] = [monotonic(), process.cpuUsage()];
  let log = emptyFrontier;
  while (monotonic() - from < 1_000 * seconds) {
    log = work(log);
    await turn();
  }
  const { user, system } = process.cpuUsage(before);
  return { hops: log.size, seconds: (monotonic() - from) / 1_000, cpuSeconds: (user + system) / 1e6 };
}

process.once("message", async (message) => {
  const { warmup, window } = Go.parse(message);
  await workFor(warmup);
  const done = await workFor(window);
  process.send?.(done);
});
process.send?.("ready");
