import { readFileSync } from "node:fs";

/** What a process and those that it started take (Linux, proc(5)). */
export interface ProcessUse {
  /** Seconds of processor time since they began, in user and system mode. */
  readonly cpuSeconds: number;
  /** Bytes of memory that they have to themselves, and of what they share once. */
  readonly residentBytes: number;
}

/** Ticks of a second in /proc: 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const ticks = 100;

/** What a process has used, and those that it started; nothing when it is gone. */
export function useOf(pid: number): ProcessUse | undefined {
  const uses = [pid, ...descendantsOf(pid)].flatMap((each) => ownUseOf(each) ?? []);
  if (uses.length === 0) return undefined;
  const sum = (of: (use: OwnUse) => number): number => uses.reduce((total, use) => total + of(use), 0);
  const most = (of: (use: OwnUse) => number): number => Math.max(...uses.map(of));
  return {
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    residentBytes: sum(({ privateBytes }) => privateBytes) + most(({ sharedBytes }) => sharedBytes),
  };
}

interface OwnUse {
  readonly cpuSeconds: number;
  readonly privateBytes: number;
  readonly sharedBytes: number;
}

function ownUseOf(pid: number): OwnUse | undefined {
  const [stat, status] = [read(`/proc/${pid}/stat`), read(`/proc/${pid}/status`)];
  if (stat === undefined || status === undefined) return undefined;
  // The name, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const bytes = (name: string): number =>
    1_024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticks,
    privateBytes: bytes("RssAnon"),
    sharedBytes: bytes("RssFile") + bytes("RssShmem"),
  };
}

function descendantsOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.trim();
  if (!children) return [];
  return children.split(" ").flatMap((child) => [Number(child), ...descendantsOf(Number(child))]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}
