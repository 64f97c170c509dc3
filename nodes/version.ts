import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

// The package's own file is two folders up when this is built into dist/, one in the repository.
const file = ["../package.json", "../../package.json"]
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** The version of the product. */
export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(file === undefined ? "{}" : readFileSync(file, "utf8"))).version;
