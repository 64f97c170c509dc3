#!/usr/bin/env node
// Every Node can load this file; only after the check is anything imported that an old one does not have.
import { existsSync } from "node:fs";
import "../scripts/require-node.js";

const { enableCompileCache } = await import("node:module");
enableCompileCache();
const built = new URL("../dist/nodes/cli/main.js", import.meta.url);
const source = new URL("../nodes/cli/main.ts", import.meta.url);
const { main } = await import((existsSync(built) ? built : source).href);
await main(process.argv);
