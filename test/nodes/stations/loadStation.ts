import { loadStation, offerDocumentOf } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { JsonObject } from "../../../pipeline/json.ts";

// What `load.test.ts` runs as a program of its own: the loader as Node itself carries it out, with no bundler between.
const wanted: readonly [file: string, settings: JsonObject][] = JSON.parse(process.argv[2] ?? "[]");
const answers: unknown[] = [];
for (const [file, settings] of wanted) {
  try {
    const station = await loadStation(file, { settings });
    await station.close?.();
    answers.push({ kind: station.kind, offer: offerDocumentOf(station) });
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    answers.push({ code: error.code, message: error.message, at: error.at });
  }
}
console.log(JSON.stringify(answers));
