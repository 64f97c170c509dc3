import { z } from "zod";

/** What a worker process tells of its work. */
export const Told = z.union([
  z.strictObject({ ready: z.literal(true) }),
  /** Steps since it last told, and items that are through: their numbers, and when (milliseconds since 1970). */
  z.strictObject({ steps: z.int(), finished: z.array(z.tuple([z.int(), z.number()])) }),
  /** It has kept what it was given to do. */
  z.strictObject({ kept: z.int() }),
  z.strictObject({ problem: z.string() }),
]);
export type Told = z.infer<typeof Told>;

/** Work that is given to a worker process directly, in systems that have no queue between. */
export const Given = z.strictObject({ order: z.int(), first: z.int(), count: z.int() });
export type Given = z.infer<typeof Given>;

/** Milliseconds since 1970, finer than a millisecond, and the same in all processes of a machine. */
export const now = (): number => performance.timeOrigin + performance.now();
