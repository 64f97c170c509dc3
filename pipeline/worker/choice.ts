import { sha256 } from "../bytes.ts";

/**
 * The worker that is to have something that is nobody's: each of them has a weight for it, and the heaviest takes it
 * (rendezvous hashing). So all choose alike without asking, work is spread evenly, and one that comes or goes moves nothing
 * but its own share.
 */
export function chosen(what: string, workers: Iterable<string>): string | undefined {
  let [best, most]: [string | undefined, Buffer | undefined] = [undefined, undefined];
  for (const worker of workers) {
    const weight = Buffer.from(sha256(`${worker}/${what}`));
    if (most !== undefined && Buffer.compare(weight, most) <= 0) continue;
    [best, most] = [worker, weight];
  }
  return best;
}
