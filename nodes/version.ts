import { existsSync, readFileSync } from "node:fs";

// The package's own file is two folders up when this is built into dist/, one in the repository.
const file = ["../package.json", "../../package.json"]
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** The version of the product. Every command line loads this file, so it does with little. */
const { version }: { readonly version: string } = JSON.parse(
  file === undefined ? '{"version":"0.0.0"}' : readFileSync(file, "utf8"),
);

export { version };
