import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";

/** The program that every validator runs, and the keys of its local network: both from the Go module proxy. */
export interface Program {
  readonly file: string;
  /** staker1.crt, staker1.key, signer1.key and so on, of the local network's five validators. */
  readonly keys: string;
}

const moduleName = "github.com/ava-labs/avalanchego";
const version = "v1.13.5";

/**
 * The validators' program: built when it is not in the user's cache folder, which takes some minutes.
 *
 * @throws when there is no Go, or it cannot build the program
 */
export async function validatorProgram(say: (line: string) => void, signal: AbortSignal): Promise<Program> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "digital-conveyor-belt");
  const folder = join(cache, `avalanchego-${version}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    // Made beside its place, and put there when it is whole: who is interrupted leaves nothing half.
    const draft = await mkdtemp(`${folder}-`);
    try {
      await build(draft, say, signal);
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return { file: join(folder, "main"), keys: join(folder, "keys") };
}

async function build(folder: string, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const go = goProgram();
  const begun = performance.now();
  const seconds = () => `${Math.round((performance.now() - begun) / 1_000)} s`;
  say(
    `Building ${moduleName} ${version} from the Go module proxy; it is kept in ${folder.replace(/-[^-]*$/, "")}`,
  );
  const progress = setInterval(() => say(`  still building (${seconds()})`), 30_000);
  try {
    const place = await run(go, ["mod", "download", "-json", `${moduleName}@${version}`], {}, signal);
    const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(place));
    await run(go, ["install", `${moduleName}/main@${version}`], { GOBIN: folder }, signal);
    // File by file: the module's folder cannot be written, and a copy of it could not be removed.
    const [from, to] = [join(Dir, "staking", "local"), join(folder, "keys")];
    await mkdir(to);
    for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name));
  } finally {
    clearInterval(progress);
  }
  say(`  built in ${seconds()}`);
}

/** Go where the shell finds it, or where its own installer puts it. */
function goProgram(): string {
  const found = (process.env["PATH"] ?? "")
    .split(":")
    .concat("/usr/local/go/bin")
    .map((folder) => join(folder, "go"))
    .find(existsSync);
  if (found !== undefined) return found;
  throw new Error(
    "There is no Go here: the validators are built with it. Install Go 1.23 or newer and a C compiler " +
      "(where Debian's is new enough: apt-get install golang-go gcc), and try again.",
  );
}

/** Runs a program to its end and gives what it printed; what it says of its work is told only when it fails. */
async function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const [[code], printed, said] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0)
    throw new Error(`${file} ${args.join(" ")} ended with code ${String(code)}: ${said.slice(-2_000)}`);
  return printed;
}
