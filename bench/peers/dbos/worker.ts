/** A process that runs workflows of five steps. `node worker.ts PLACE URL` */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { type Application, itemOf, steps } from "../../work/item.ts";
import { beWorker, work } from "../crew/worker.ts";
import { poolSize, quiet } from "./settings.ts";

const [place = "1", systemDatabaseUrl = ""] = process.argv.slice(2);

await beWorker(async ({ step: stepDone, finished }) => {
  const chain = DBOS.registerWorkflow(
    async (item: Application): Promise<Application> => {
      let at = item;
      for (let step = 1; step <= steps; step++) {
        at = await DBOS.runStep(async () => work(at).next, { name: `step-${step}` });
        stepDone();
      }
      return at;
    },
    { name: "chain" },
  );
  DBOS.setConfig({
    name: "chain",
    systemDatabaseUrl,
    systemDatabasePoolSize: poolSize,
    executorID: `worker-${place}`,
    applicationVersion: "1",
    logger: quiet,
  });
  await DBOS.launch();

  async function start(number: number): Promise<void> {
    const handle = await DBOS.startWorkflow(chain, { workflowID: `item-${number}` })(itemOf(number));
    // Its result is there once the workflow's end is in the database.
    void handle.getResult().then(finished);
  }
  return {
    take: async (first, count) => {
      await Promise.all(Array.from({ length: count }, (_, i) => start(first + i)));
    },
    close: () => DBOS.shutdown(),
  };
});
