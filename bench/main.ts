import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine } from "./measure/machine.ts";
import { help, type Options, readOptions } from "./options.ts";
import { measureOurGrowth, measureOurs } from "./ours/measure.ts";

async function run({ extent, growth: receipts }: Options, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "belt-bench-"));
  const say = (line: string): void => console.error(line);
  try {
    const machine = await describeMachine(folder);
    const place = { folder, signal, say };
    const measured = await measureOurs(extent, place);
    const growth = receipts === undefined ? undefined : await measureOurGrowth(receipts, extent, place);
    console.log(JSON.stringify({ machine, measured, growth }, null, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
const options = readOptions(process.argv.slice(2), ["ours"]);
if (options === undefined) console.log(help);
else await run(options, stopping.signal);
