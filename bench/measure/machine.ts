import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { measureFsync } from "./fsync.ts";
import type { Latency } from "./quantiles.ts";

/** The machine that a run was on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  /** The type of the file system that held all data. */
  readonly fileSystem: string;
  /** Of 4 kB on that file system. */
  readonly fsync: Latency;
  /** Processes that wanted to run in the minute before: near 0 on a quiet machine. */
  readonly load: number;
}

/** @param folder where the systems keep their data */
export async function describeMachine(folder: string): Promise<Machine> {
  const [load = 0] = loadavg();
  return {
    load,
    processor: await processor(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    fileSystem: await fileSystemOf(folder),
    fsync: await measureFsync(folder),
  };
}

/** Some machines do not tell their processor's name; then what it is told by. */
async function processor(): Promise<string> {
  const [first] = cpus();
  if (first !== undefined && first.model.trim() !== "" && first.model !== "unknown")
    return first.model.trim();
  const info = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const told = ["vendor_id", "cpu family", "model"].map(
    (name) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(info)?.[1] ?? "?",
  );
  return `${process.arch} ${told.join(" ")}`;
}

/** The type of what is mounted nearest above the folder. */
async function fileSystemOf(folder: string): Promise<string> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  const above = mounts.filter(([, point = "?"]) =>
    `${folder}/`.startsWith(point === "/" ? "/" : `${point}/`),
  );
  const nearest = above.toSorted(([, a = ""], [, b = ""]) => b.length - a.length)[0];
  return nearest?.[2] ?? "unknown";
}
