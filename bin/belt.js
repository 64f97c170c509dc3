#!/usr/bin/env node
// Every Node can load this file; only after the check is anything imported that an old one does not have.
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "../scripts/require-node.js";

const { enableCompileCache } = await import("node:module");
// In the environment, so that the processes which a command starts have what is compiled from there as well.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");
enableCompileCache(process.env.NODE_COMPILE_CACHE);
// In the repository Node runs the TypeScript as it stands, also beside an earlier build; the package has only that.
const source = new URL("../nodes/cli/main.ts", import.meta.url);
const built = new URL("../dist/nodes/cli/main.js", import.meta.url);
const { main } = await import((existsSync(source) ? source : built).href);
await main(process.argv);
