import { type ProcessUse, useOf } from "../measure/processes.ts";
import type { WorkProcess } from "../system.ts";

/** What a process took in a window of time. */
export interface ProcessShare {
  readonly name: string;
  /** Processor seconds for each second of the window. */
  readonly cores: number;
  readonly cpuMicrosecondsPerStep: number;
  /** Of its memory in the window, the most and the mean. */
  readonly mostBytes: number;
  readonly meanBytes: number;
}

/** Milliseconds between two looks at the processes' memory. */
const look = 1_000;

/** Watches what processes take, from now on. */
export function watchProcesses(processes: readonly WorkProcess[]) {
  const uses = (): (ProcessUse | undefined)[] => processes.map(({ pid }) => useOf(pid));
  const seen = [uses()];
  const timer = setInterval(() => void seen.push(uses()), look).unref();
  return {
    /** Watches no more. */
    stop(seconds: number, steps: number): ProcessShare[] {
      clearInterval(timer);
      seen.push(uses());
      return processes.map(({ name }, i) => {
        const sizes = seen.flatMap((all) => all[i]?.residentBytes ?? []);
        const used = (seen.at(-1)?.[i]?.cpuSeconds ?? 0) - (seen[0]?.[i]?.cpuSeconds ?? 0);
        return {
          name,
          cores: used / seconds,
          cpuMicrosecondsPerStep: steps === 0 ? 0 : (used * 1e6) / steps,
          mostBytes: Math.max(0, ...sizes),
          meanBytes: sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length),
        };
      });
    },
  };
}
