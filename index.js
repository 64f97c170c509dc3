import { existsSync } from "node:fs";

// In the repository Node runs the TypeScript as it stands, also beside an earlier build; the package has only that.
const source = new URL("./nodes/index.ts", import.meta.url);
const built = new URL("./dist/nodes/index.js", import.meta.url);
const {
  defineHttpStation,
  defineHumanStation,
  defineSqlStation,
  defineStation,
  defineTimerStation,
  Unprocessable,
} = await import((existsSync(source) ? source : built).href);

export {
  defineHttpStation,
  defineHumanStation,
  defineSqlStation,
  defineStation,
  defineTimerStation,
  Unprocessable,
};
