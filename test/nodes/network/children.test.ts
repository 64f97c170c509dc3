import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Children, type Crash, createChildren } from "../../../nodes/network/children.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { isRunning } from "../../support/process.ts";
import { until } from "../../support/until.ts";

describe("the processes of a network", () => {
  let folder: string;
  let crashes: Crash[];
  let children: Children;

  beforeEach(async () => {
    folder = await temporaryFolder();
    crashes = [];
    children = createChildren((crash) => crashes.push(crash));
  });

  async function program(text: string) {
    const file = join(folder, `${text.length}.mjs`);
    await writeFile(file, text);
    return { name: "the node of valuers", file, args: [], log: join(folder, "node.log") };
  }
  const stays = "console.log('up'); setInterval(() => {}, 1000);";

  it("are told by name when they end by themselves, with their last lines", async () => {
    await children.start(await program("console.log('one'); console.log('two'); process.exit(7);"));
    await until(() => crashes.length > 0);
    expect(crashes).toMatchObject([
      {
        name: "the node of valuers",
        problem: { code: "PROCESS_ENDED", message: "The node of valuers ended with code 7: two" },
        lines: ["one", "two"],
      },
    ]);
    expect(children.pids).toEqual([]);
  });

  it("are not told when they were asked to end, or end by nature", async () => {
    const child = await children.start(await program(stays));
    await child.kill();
    const seed = await children.start({ ...(await program("process.exit(1);")), endsByItself: true });
    await seed.ended;
    await children.stop();
    expect(crashes).toEqual([]);
  });

  it("are all gone after a stop, also those that were on their way", async () => {
    const made = await program(stays);
    const started = await Promise.all([children.start(made), children.startAnnouncing(made)]);
    expect(new Set(children.pids)).toEqual(new Set(started.map(({ pid }) => pid)));
    const late = children.start(made);
    await children.stop();
    const all = [...started, await late];
    await Promise.all(all.map(({ ended }) => ended));
    expect(all.some(({ pid }) => isRunning(pid))).toBe(false);
    expect(crashes).toEqual([]);
  });

  it("are all killed at once", async () => {
    const made = await program(`process.on("SIGTERM", () => {}); ${stays}`);
    const started = await Promise.all([children.startAnnouncing(made), children.startAnnouncing(made)]);
    children.kill();
    const ends = await Promise.all(started.map(({ ended }) => ended));
    expect(ends.map(({ signal }) => signal)).toEqual(["SIGKILL", "SIGKILL"]);
  });
});
