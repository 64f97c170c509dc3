import { openLevelStore } from "../../nodes/store/index.ts";

/**
 * A process that writes batches to the store in the folder it is given, and says the number of each as soon as it is
 * written: for the tests to kill. Every batch replaces the whole of the batch before.
 */
const [folder = "", entries = "50"] = process.argv.slice(2);
const store = await openLevelStore(folder);
process.stdout.write("open\n");
for (let number = 1; ; number++) {
  const value = Buffer.from(String(number).padEnd(2_000, "."));
  await store.batch(
    Array.from({ length: Number(entries) }, (_, index) => ({ type: "put", key: `entry/${index}`, value })),
  );
  process.stdout.write(`${number}\n`);
}
