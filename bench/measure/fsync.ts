import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Latency, latencyOf } from "./quantiles.ts";

/** How long the disk under a folder takes until 4 kB that were appended to a file are on it. */
export async function measureFsync(folder: string, times = 200): Promise<Latency> {
  const place = await mkdtemp(join(folder, "fsync-"));
  try {
    const file = await open(join(place, "file"), "a");
    const block = Buffer.alloc(4_096, 7);
    const taken: number[] = [];
    try {
      for (let i = 0; i < times; i++) {
        await file.write(block);
        const begun = performance.now();
        await file.datasync();
        taken.push(performance.now() - begun);
      }
    } finally {
      await file.close();
    }
    return latencyOf(taken);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
