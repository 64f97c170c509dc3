import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { endedEarly, type Program, startAnnouncing, startChild } from "../../../nodes/network/child.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { isRunning } from "../../support/process.ts";
import { until } from "../../support/until.ts";

describe("a child process", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  async function program(text: string, ...args: string[]): Promise<Program> {
    const file = join(folder, "program.mjs");
    await writeFile(file, text);
    return { name: "the node of valuers", file, args, log: join(folder, "logs", "node.log") };
  }
  const logOf = ({ log }: Program) => readFile(log, "utf8");
  const stays = "setInterval(() => {}, 1000);";

  it("writes all it says into its log, which only its owner reads", async () => {
    const made = await program("console.log(process.argv[2]); console.error('two');", "one");
    const child = await startChild(made);
    expect(await child.ended).toEqual({ code: 0, signal: null, asked: false });
    expect(await logOf(made)).toBe("one\ntwo\n");
    expect((await stat(made.log)).mode & 0o077).toBe(0);
    expect(isRunning(child.pid)).toBe(false);
  });

  it("ends in good order when it is asked to", async () => {
    const made = await program(
      `process.once("SIGTERM", () => { console.log("good bye"); process.exit(0); }); console.log("up"); ${stays}`,
    );
    const child = await startChild(made);
    await until(async () => (await logOf(made)) === "up\n");
    await child.stop();
    expect(await child.ended).toEqual({ code: 0, signal: null, asked: true });
    expect(await child.lastLines()).toEqual(["up", "good bye"]);
  });

  it("is killed when it does not end in time", async () => {
    const made = await program(`process.on("SIGTERM", () => {}); console.log("up"); ${stays}`);
    const child = await startChild(made);
    await until(async () => (await logOf(made)) === "up\n");
    await child.stop(50);
    expect(await child.ended).toEqual({ code: null, signal: "SIGKILL", asked: true });
  });

  it("tells how it ended by itself, with the last words of this run only", async () => {
    const made = await program("console.log('run', process.argv[2]); process.exit(3);", "1");
    await (await startChild(made)).ended;
    const again = await startChild({ ...made, args: ["2"] });
    expect(await endedEarly(again)).toMatchObject({
      code: "PROCESS_ENDED",
      message: "The node of valuers ended with code 3: run 2",
      at: made.log,
    });
    expect(await again.lastLines()).toEqual(["run 2"]);
    const silent = await startChild(await program(stays));
    process.kill(silent.pid, "SIGKILL");
    expect((await endedEarly(silent)).message).toBe("The node of valuers ended by SIGKILL.");
    expect((await silent.ended).asked).toBe(false);
  });

  it("gives the newest lines of a long log", async () => {
    const made = await program("for (let i = 0; i < 50000; i++) console.log('line', i);");
    const child = await startChild(made);
    await child.ended;
    expect(await child.lastLines(2)).toEqual(["line 49998", "line 49999"]);
  });

  it("announces on its first line that it answers", async () => {
    const child = await startAnnouncing(await program(`console.log('{"port":1}'); ${stays}`));
    expect(child.firstLine).toBe('{"port":1}');
    await child.stop();
    await expect(startAnnouncing(await program("console.error('no room');"))).rejects.toMatchObject({
      code: "PROCESS_ENDED",
      message: "The node of valuers ended with code 0: no room",
    });
  });

  it("refuses a log that cannot be written", async () => {
    const made = await program(stays);
    await expect(startChild({ ...made, log: folder })).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      at: folder,
    });
  });

  it("ends when the process that started it is killed", async () => {
    const made = await program(
      `process.once("SIGTERM", () => { console.log("alone"); process.exit(0); }); console.log(process.pid); ${stays}`,
    );
    const module = new URL("../../../nodes/network/child.ts", import.meta.url).href;
    const text = `import { startChild } from ${JSON.stringify(module)}; await startChild(${JSON.stringify(made)});`;
    const parent = join(folder, "parent.mjs");
    await writeFile(parent, `${text}${stays}`);
    const running = spawn(process.execPath, [parent], { stdio: "ignore" });
    const pid = Number(await until(() => logOf(made).catch(() => "")));
    expect(isRunning(pid)).toBe(true);
    running.kill("SIGKILL");
    await once(running, "close");
    await until(() => !isRunning(pid));
    expect(await logOf(made)).toBe(`${pid}\nalone\n`);
  });
});
