import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Case, Task } from "../../nodes/api/index.ts";
import type { MemberNode, Network } from "../../nodes/network/index.ts";
import { answers, cases, expected } from "../belts/hr-onboarding/belt.ts";
import { run } from "../support/command.ts";
import {
  beltFolder,
  ended,
  readLedger,
  startTestNetwork,
  statusesOnLedger,
  type TestNetwork,
} from "../support/network.ts";
import { until } from "../support/until.ts";

/** How long the certificate takes in the local network, in milliseconds; five days elsewhere. */
const certificateWait = 5_000;

describe("the hiring belt, with people and waiting", { timeout: 120_000 }, () => {
  let running: TestNetwork;
  let network: Network;
  let sheet: string;
  let desk: MemberNode;

  beforeAll(async () => {
    running = await startTestNetwork({ belt: beltFolder("hr-onboarding") });
    network = running.network;
    desk = network.member("reference-desk");
    ({ sheet } = await network.consumer.operations.book({ belt: network.beltId, cases: [...cases] }));
  }, 120_000);

  afterAll(async () => {
    await running?.end();
  }, 60_000);

  const command = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run([...args, "--config", desk.config]);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const tasks = async (): Promise<readonly Task[]> =>
    z.object({ tasks: z.array(Task) }).parse(JSON.parse(await command("tasks", "list", "--json"))).tasks;
  const answerOf = (number: number): string =>
    JSON.stringify(answers[expected[number]?.reference ?? ""]?.["references"]);

  it("keeps a person's tasks, and the time of a wait, when their nodes die", async () => {
    const authority = network.member("conduct-authority");
    const asked = Object.keys(answers).length;
    await until(async () => (await desk.operations.tasks()).length === asked, { what: "all tasks" });
    const before = await tasks();
    await Promise.all([desk.kill(), authority.kill()]);
    const dead = Date.now();
    await Promise.all([desk.start(), authority.start()]);
    const back = Date.now();
    expect(await tasks()).toEqual(before);

    const isDone = ({ stations }: Case): boolean => stations["certificate-request"]?.status !== "open";
    const all = await until(
      async () => {
        const now = await network.consumer.operations.cases(sheet);
        return now.every(isDone) && now;
      },
      { what: "the end of the wait" },
    );
    const { bookedAt } = await network.consumer.operations.sheet(sheet);
    const waits = all.flatMap(({ stations: { "certificate-request": wait } }) =>
      wait?.status === "done" ? [Date.parse(wait.finishedAt ?? "")] : [],
    );
    expect(waits).toHaveLength(
      expected.filter(({ stations }) => stations["certificate-request"] === "done").length,
    );
    for (const finished of waits) {
      expect(finished).toBeGreaterThanOrEqual(Date.parse(bookedAt) + certificateWait);
      // A wait that had begun anew would have ended later; one that was over meanwhile ended at once.
      expect(finished).toBeLessThan(Math.max(dead + certificateWait, back + 1_000));
    }
  });

  it("goes on when a person answers on the command line", async () => {
    for (const { id, case: number, station } of await tasks()) {
      expect(station).toBe("references");
      await command("tasks", "complete", id, answerOf(number));
    }
    expect(await tasks()).toEqual([]);
    const results = await ended(network, sheet);
    const outcomes = results.map(({ state, result: { answer, reasons, score, certificate } = {} }) => ({
      state,
      answer,
      reasons,
      score,
      certificate,
    }));
    expect(outcomes).toMatchObject(
      expected.map(({ answer, reasons, score, certificate }) =>
        answer === null
          ? { state: "not done", answer: undefined }
          : {
              state: "done",
              answer,
              reasons,
              score,
              certificate: certificate === undefined ? undefined : { granted: certificate },
            },
      ),
    );
    const statuses = results.map(({ stations }) =>
      Object.fromEntries(Object.entries(stations).map(([station, { status }]) => [station, status])),
    );
    expect(statuses).toEqual(expected.map(({ stations }) => stations));
    const ledger = await readLedger(network);
    expect(await statusesOnLedger({ network, ledger }, sheet)).toEqual(statuses);
    await ledger.close();
    expect(running.crashes).toEqual([]);
  });
});
