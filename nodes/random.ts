import { randomBytes, randomFillSync } from "node:crypto";
import type { RandomBytes } from "../pipeline/bytes.ts";

const pool = Buffer.alloc(16 * 1024);
let given = pool.length;

/**
 * The system's random bytes, fetched many at a time: asking for each key and nonce by itself takes several times as
 * long. Every byte is given out once, and is not kept here after that.
 */
export const systemRandom: RandomBytes = (size) => {
  if (size > pool.length) return randomBytes(size);
  if (given + size > pool.length) {
    randomFillSync(pool);
    given = 0;
  }
  const fresh = pool.subarray(given, given + size);
  const bytes = Uint8Array.from(fresh);
  fresh.fill(0);
  given += size;
  return bytes;
};
