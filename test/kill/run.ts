import { Random } from "../sim/random.ts";
import { KillBench } from "./bench.ts";
import { passings, timeOf, trial } from "./trials.ts";

const seeds = Number(process.argv[2] ?? 3);
let [trials, failed] = [0, 0];
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const bench = await KillBench.open();
try {
  const counts = await passings(bench);
  tell(`A node comes by ${counts.size} boundaries; it is killed at each, with ${seeds} seeds.`);
  for (let seed = 1; seed <= seeds; seed++) {
    const random = new Random(`kill ${seed}`);
    for (const [point, count] of counts) {
      const nth = timeOf(count, random);
      let wrong = await trial(bench, { point, nth });
      // Groups of writes are not the same each time.
      if (nth > 1 && wrong[0]?.startsWith("it did not come by"))
        wrong = await trial(bench, { point, nth: 1 });
      trials++;
      if (wrong.length > 0) failed++;
      tell(`seed ${seed}, ${point}, time ${nth}: ${wrong.length === 0 ? "all is well" : wrong.join("; ")}`);
    }
  }
} finally {
  const wrong = await bench.close();
  failed += wrong.length;
  for (const each of wrong) tell(each);
}
tell(`${trials} kills, ${failed} failures`);
process.exitCode = failed === 0 ? 0 : 1;
