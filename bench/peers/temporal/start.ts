import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import type { Place, RunningSystem, Trip } from "../../system.ts";
import { itemOf } from "../../work/item.ts";
import { startCrew } from "../crew/crew.ts";
import { now } from "../crew/messages.ts";
import { cliVersion, startTemporal } from "../servers/temporal.ts";
import { packageVersion } from "../version.ts";
import { taskQueue } from "./settings.ts";
import type { chain } from "./workflow.ts";

/** Starts the development server and the five workers. */
export async function start({ folder, signal, say }: Place): Promise<RunningSystem> {
  const server = await startTemporal(folder, { signal, say });
  const address = `127.0.0.1:${server.port}`;
  let connection: Connection | undefined;
  const close = async (): Promise<void> => {
    await connection?.close();
    await server.stop();
  };
  try {
    connection = await connected(address, signal);
    const client = new Client({ connection });
    const bundle = join(folder, "workflow.js");
    await writeFile(bundle, await bundled());
    const file = new URL("worker.ts", import.meta.url);
    const crew = await startCrew({ file, args: [address, bundle], signal });
    const begin = (number: number) =>
      client.workflow.start<typeof chain>("chain", {
        taskQueue,
        workflowId: `item-${number}`,
        args: [itemOf(number)],
      });
    const beginAll = (first: number, count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => begin(first + i)));
    return {
      version: `server ${cliVersion}, SDK ${packageVersion("@temporalio/worker")}`,
      processes: () => [...crew.processes, server.process],
      submit: async (first, count) => void (await beginAll(first, count)),
      progress: async () => crew.progress(),
      async follow(first, count): Promise<Trip> {
        const handedIn = now();
        const handles = await beginAll(first, count);
        const kept = now();
        const times = await Promise.all(handles.map((handle) => handle.result().then(now)));
        return {
          sinceKept: times.map((time) => time - kept),
          sinceHandedIn: times.map((time) => time - handedIn),
        };
      },
      verify: async () => crew.check(),
      async stop() {
        await crew.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The port listens a moment before the server serves. */
async function connected(address: string, signal: AbortSignal): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await Connection.connect({ address, connectTimeout: "5s" });
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

async function bundled(): Promise<string> {
  const workflowsPath = fileURLToPath(new URL("workflow.ts", import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") });
  return code;
}
