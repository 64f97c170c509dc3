import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Running, start } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { freePorts } from "../support/freePorts.ts";
import { beltFolder, startTestNetwork, type TestNetwork } from "../support/network.ts";
import { until } from "../support/until.ts";
import { blocksOf, patched, steady } from "./blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let local: TestNetwork;
beforeAll(async () => {
  local = await startTestNetwork({ belt: beltFolder("mortgage-nl") });
  // As `belt up` does before it says that it is up.
  const { belt, beltId, consumer } = local.network;
  await consumer.operations.book({ belt: beltId, cases: [...belt.cases] });
}, 120_000);
afterAll(() => local?.end());

/** What one of the reader's commands printed, standard error included, and its exit code. */
interface Outcome {
  readonly output: string;
  readonly code: number;
}

/** A reader of the tutorial: a folder, and a terminal in it. */
interface Reader {
  readonly folder: string;
  run(commands: string): Promise<Outcome>;
}

/** A folder with the package in it, and an `npx` that finds the network of this test instead of that of `belt up`. */
async function sitDown(): Promise<Reader> {
  const [folder, [port, apiPort]] = await Promise.all([temporaryFolder(), freePorts(2)]);
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules", "digital-conveyor-belt"));
  const shim = join(folder, "bin", "npx");
  const places = `--ledger-url ${local.network.chain.url} --listen-port ${port} --api-port ${apiPort}`;
  await mkdir(dirname(shim));
  await writeFile(
    shim,
    `#!/bin/sh
[ "$1" = belt ] || { echo "npx $1 is not of this test" >&2; exit 64; }
shift
[ "$1" != init ] || set -- "$@" ${places}
exec "${process.execPath}" "${join(root, "bin", "belt.js")}" "$@"
`,
  );
  await chmod(shim, 0o755);
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH: `${dirname(shim)}:${PATH}`, HOME };
  return {
    folder,
    run: (commands) =>
      new Promise((resolve) => {
        const child = execFile("sh", ["-ec", `exec 2>&1\n${commands}`], { cwd: folder, env }, (_, output) =>
          resolve({ output, code: child.exitCode ?? -1 }),
        );
      }),
  };
}

/** `npx belt serve` goes on in a terminal of its own; resolves when the node says that it is ready. */
async function serve(folder: string): Promise<Running> {
  const node = start(["serve"], { folder });
  await until(() => node.stdout().includes('"member"') || node.child.exitCode !== null, { limit: 60_000 });
  expect(node.child.exitCode, "the node runs").toBeNull();
  return node;
}

it("works as the README says", { timeout: 120_000 }, async () => {
  const reader = await sitDown();
  const readme = await readFile(join(root, "README.md"), "utf8");
  const blocks = blocksOf(readme, "## Tutorial", "## Commands");
  const seen = { commands: 0, outputs: 0, files: 0 };
  let printed: Outcome = { output: "", code: 0 };
  let node: Running | undefined;
  for (const [place, { language, file, text }] of blocks.entries()) {
    if (file !== undefined) {
      const path = join(reader.folder, file);
      await writeFile(path, language === "diff" ? patched(await readFile(path, "utf8"), text) : text);
      seen.files++;
    } else if (language === "text") {
      const commands = blocks[place - 1]?.text ?? "";
      // Stations report in a while: whoever reads the ledger asks again.
      if (commands.startsWith("npx belt ledger ")) {
        const again = async () => steady((await reader.run(commands)).output);
        await expect.poll(again, { interval: 500, timeout: 30_000 }).toEqual(steady(text));
      } else {
        expect(steady(printed.output), `what is printed by ${commands}`).toEqual(steady(text));
      }
      seen.outputs++;
    } else if (text.startsWith("npx belt serve")) {
      node = await serve(reader.folder);
    } else if (!/^npx belt up$|^mkdir \w+ && cd \w+$/m.test(text)) {
      printed = await reader.run(text);
      const refused = /^[A-Z]+_[A-Z]+: /.test(blocks[place + 1]?.text ?? "");
      expect(printed.code, `${text}\n${printed.output}`).toBe(refused ? 2 : 0);
      seen.commands++;
    }
  }
  expect(seen).toEqual({ commands: 10, outputs: 6, files: 5 });
  node?.child.kill("SIGTERM");
  expect((await node?.ended)?.code).toBe(0);
  expect(local.crashes).toEqual([]);
});
