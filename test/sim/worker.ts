import { Portion, runSeeds } from "./seeds.ts";

/** A process of `run.ts`: runs the seeds that it is told, and tells what became of them. */
process.on("message", (message) => {
  const { first, count } = Portion.parse(message);
  void runSeeds(first, count).then((tally) => process.send?.(tally));
});
