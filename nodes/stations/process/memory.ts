import { readFileSync } from "node:fs";

/**
 * The memory that a process has in hand, in MB, buffers outside its heap included. Undefined where the system does
 * not say (other systems than Linux); there the limit of the heap alone holds.
 */
export function memoryOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
