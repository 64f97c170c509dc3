import { existsSync } from "node:fs";

// An installed package has been built; in the repository Node runs the TypeScript as it stands.
const built = new URL("./dist/nodes/index.js", import.meta.url);
const source = new URL("./nodes/index.ts", import.meta.url);
const {
  defineHttpStation,
  defineHumanStation,
  defineSqlStation,
  defineStation,
  defineTimerStation,
  Unprocessable,
} = await import((existsSync(built) ? built : source).href);

export {
  defineHttpStation,
  defineHumanStation,
  defineSqlStation,
  defineStation,
  defineTimerStation,
  Unprocessable,
};
