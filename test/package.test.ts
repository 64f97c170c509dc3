import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { blocksOf } from "./docs/blocks.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const Package = z.object({ files: z.array(z.string()), dependencies: z.record(z.string(), z.string()) });

let folder: string;
/** A folder in which the package is installed, and beside it nothing but what it depends on by name. */
let user: string;
/** Where the package is in it. */
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-"));
  const [stage, packed] = [join(folder, "stage"), join(folder, "packed")];
  user = join(folder, "user");
  installed = join(user, "node_modules", "digital-conveyor-belt");
  const { files, dependencies } = Package.parse(
    JSON.parse(await readFile(join(root, "package.json"), "utf8")),
  );
  await Promise.all([mkdir(packed), mkdir(installed, { recursive: true })]);
  for (const file of ["package.json", ...files.filter((each) => each !== "dist")]) {
    await cp(join(root, file), join(stage, file), { recursive: true });
  }
  await run(process.execPath, [join(root, "scripts/build.ts"), join(stage, "dist")]);
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", packed], { cwd: stage });
  const [tarball = ""] = await readdir(packed);
  await run("tar", ["-xzf", join(packed, tarball), "--strip-components=1", "-C", installed]);
  for (const name of Object.keys(dependencies)) {
    const link = join(user, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", name), link);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const belt = (...args: readonly string[]) =>
  run(process.execPath, [join(installed, "bin", "belt.js"), ...args], { cwd: user });

it("has JavaScript, types and pages, and says nothing of where it was built", async () => {
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => file.slice(installed.length + 1));
  expect(names).toEqual(
    expect.arrayContaining([
      ...["LICENSE", "README.md", "bin/belt.js", "index.js", "docs/operate.md"],
      ...["dist/nodes/index.d.ts", "dist/nodes/ledger/chain.js", "dist/belts/mortgage-nl/members.json"],
    ]),
  );
  // Node runs no TypeScript under node_modules.
  expect(names.filter((name) => !/(?:\.js|\.d\.ts|\.json|\.md|\.svg|^LICENSE)$/.test(name))).toEqual([]);
  expect(names.filter((name) => /(?:^|\/)test/.test(name))).toEqual([]);
  for (const file of files) {
    const text = await readFile(file, "utf8");
    expect(text.includes(root) || text.includes(folder), file).toBe(false);
  }
});

/** What is another number every time: seconds, and the transactions that one head was enough for or not. */
const steady = (line: string): string =>
  (line.endsWith("anchored heads.") ? line.replaceAll(/\d+/g, "N") : line).replaceAll(/\b\d+\.\d\b/g, "N");

it("runs a local network where nothing else is installed, as the README shows it", {
  timeout: 120_000,
}, async () => {
  const readme = await readFile(join(installed, "README.md"), "utf8");
  const shown = blocksOf(readme, "## See it work", "## How it works").find(
    ({ language }) => language === "text",
  );
  const lines = (shown?.text ?? "")
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "...");
  expect(lines).toContain("192 hops: a signed receipt each; 192 receipts are anchored on the ledger.");
  const { stdout, stderr } = await belt("up", "--once", "--port", "0");
  expect(stderr).toBe("");
  expect(stdout.split("\n").map(steady)).toEqual(expect.arrayContaining(lines.map(steady)));
});

const hello = `import { defineStation, Unprocessable } from "digital-conveyor-belt";
export default defineStation<{ name: string }, { greeting: string }>({
  name: "hello",
  version: "1",
  input: { type: "object", properties: { name: { type: "string" } } },
  output: { type: "object", properties: { greeting: { type: "string" } } },
  process: ({ name }) => {
    if (name === "") throw new Unprocessable("Nobody is there.");
    return { greeting: name };
  },
});
`;

it("takes a user's station, and has types for it", async () => {
  const config = {
    ...{ name: "acme", stations: [{ module: "./hello.mts" }] },
    ledger: { url: "http://127.0.0.1:9", directory: `0x${"0".repeat(40)}` },
  };
  await writeFile(join(user, "hello.mts"), hello);
  await writeFile(join(user, "belt.config.json"), JSON.stringify(config));
  // Doctor finds that much is missing here, but not the station.
  const { stdout } = await belt("doctor", "--json").catch((error: unknown) =>
    z.looseObject({ stdout: z.string() }).parse(error),
  );
  const { findings } = JSON.parse(stdout);
  expect(findings).toContainEqual(expect.objectContaining({ check: "station 1", state: "ok" }));

  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const check = (file: string) =>
    run(
      process.execPath,
      [compiler, "--noEmit", "--strict", "--module", "nodenext", "--target", "esnext", "--types", "", file],
      { cwd: user },
    );
  await expect(check("hello.mts")).resolves.toMatchObject({ stdout: "" });
  await writeFile(join(user, "wrong.mts"), hello.replace("greeting: name }", "greeting: 1 }"));
  await expect(check("wrong.mts")).rejects.toMatchObject({ stdout: expect.stringContaining("TS2") });
});
