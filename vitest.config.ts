import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// The tests start hundreds of processes: what one has compiled, the others need not.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The run on a real network has a configuration of its own.
    exclude: ["test/network/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A worker keeps its modules from file to file: no test may change what another imports.
    isolate: false,
    // Many tests wait for processes of their own, so that there is room for one more than the two cores of the smallest machine.
    maxWorkers: 3,
  },
});
