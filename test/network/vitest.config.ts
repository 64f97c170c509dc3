import { defineConfig } from "vitest/config";

/** The run on a real network: one long story, whose parts build on each other. */
export default defineConfig({
  test: {
    include: ["test/network/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 900_000,
    bail: 1,
    disableConsoleIntercept: true,
    reporters: ["verbose"],
  },
});
