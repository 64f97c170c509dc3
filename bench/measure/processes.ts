import { readFileSync } from "node:fs";

/** What the system says of a process (Linux, proc(5)). */
export interface ProcessUse {
  /** Seconds of processor time since it began, in user and system mode. */
  readonly cpuSeconds: number;
  /** Bytes of memory that it has now, and the most that it had. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Ticks of a second in /proc: 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const ticks = 100;

/** What a process has used; nothing when it is gone. */
export function useOf(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticks,
      residentBytes: kilobytes("VmRSS") * 1024,
      peakBytes: kilobytes("VmHWM") * 1024,
    };
  } catch {
    return undefined;
  }
}
