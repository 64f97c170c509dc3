/**
 * Has Slither look at the contracts: `npm run slither`.
 *
 * Every finding of high or medium impact must be explained in scripts/slither.json, and every explanation must have its
 * finding; else this fails. Slither itself is installed into the user's cache folder when it is not there yet, which
 * takes a minute; that needs Python 3 with venv.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { z } from "zod";
import config from "../hardhat.config.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const version = "0.11.6";

const Element = z.object({
  name: z.string(),
  type_specific_fields: z
    .object({ signature: z.string().optional(), parent: z.object({ name: z.string() }).optional() })
    .optional(),
});
const Report = z.object({
  success: z.boolean(),
  error: z.string().nullish(),
  results: z.object({
    detectors: z
      .array(
        z.object({
          check: z.string(),
          impact: z.string(),
          description: z.string(),
          elements: z.array(Element),
        }),
      )
      .default([]),
  }),
});
type Finding = z.infer<typeof Report>["results"]["detectors"][number];

const Explanation = z.strictObject({ check: z.string(), at: z.string(), why: z.string().min(20) });

const folder = await mkdtemp(join(tmpdir(), "slither-"));
try {
  const findings = await find(join(folder, "artifacts"), join(folder, "findings.json"));
  const explained = z
    .array(Explanation)
    .parse(JSON.parse(await readFile(join(root, "scripts/slither.json"), "utf8")));
  const same = (finding: Finding) => (each: z.infer<typeof Explanation>) =>
    each.check === finding.check && each.at === placeOf(finding);
  const open = findings.filter((finding) => !explained.some(same(finding)));
  const stale = explained.filter((each) => !findings.some((finding) => same(finding)(each)));
  for (const finding of open) {
    console.error(`${finding.impact}: ${finding.check} at "${placeOf(finding)}"\n${finding.description}`);
  }
  for (const { check, at } of stale) console.error(`Explained, but not found any more: ${check} at "${at}"`);
  console.log(
    `Slither ${version}: ${findings.length} findings of high or medium impact, ${open.length} of them not explained.`,
  );
  if (open.length + stale.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What Slither finds in a fresh build: beside an older one it would take sources and output that do not fit. */
async function find(artifacts: string, file: string): Promise<readonly Finding[]> {
  const hre = await createHardhatRuntimeEnvironment({
    ...config,
    plugins: (config.plugins ?? []).filter((plugin) => "id" in plugin && plugin.id === "own-warnings"),
    paths: { ...config.paths, artifacts, cache: join(folder, "cache") },
  });
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  run(await slitherProgram(), [
    ...[".", "--ignore-compile", "--npx-disable", "--hardhat-artifacts-directory", artifacts],
    ...["--filter-paths", "node_modules|@openzeppelin", "--exclude-low", "--exclude-informational"],
    ...["--exclude-optimization", "--fail-none", "--json", file],
  ]);
  const { success, error, results } = Report.parse(JSON.parse(await readFile(file, "utf8")));
  if (!success) throw new Error(`Slither failed: ${error}`);
  return results.detectors;
}

/** Where a finding is, without line numbers, which change all the time: the function, and what in it. */
function placeOf({ elements }: Finding): string {
  return elements
    .map(({ name, type_specific_fields: { signature = name, parent } = {} }) =>
      parent === undefined || signature.includes(" ") ? signature : `${parent.name}.${signature}`,
    )
    .join(": ");
}

/** Slither's own program. */
async function slitherProgram(): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "digital-conveyor-belt");
  const place = join(cache, `slither-${version}`);
  // A virtual environment cannot be moved, so that this says whether it is whole.
  const whole = join(place, "whole");
  if (!existsSync(whole)) {
    console.log(`Installing Slither ${version} into ${place}`);
    await rm(place, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    makeEnvironment(place);
    run(join(place, "bin/pip"), ["install", "--quiet", `slither-analyzer==${version}`]);
    await writeFile(whole, "");
  }
  return join(place, "bin/slither");
}

function makeEnvironment(place: string): void {
  const make = ["-m", "venv", "--clear", place];
  if (spawnSync("python3", make, { stdio: "ignore" }).status === 0) return;
  // Debian has venv in a package of its own.
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "python3", "python3-venv"]);
  }
  run("python3", make);
}

/** @throws with what the program said, when it fails */
function run(program: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...{ cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
