import { defineConfig } from "vitest/config";

/** What is a function of its arguments shares its workers; what starts processes and chains has one to itself. */
const pure = ["test/pipeline/**/*.test.ts", "test/belts/**/*.test.ts"];

/** The run on a real network has a configuration of its own (test/network/vitest.config.ts). */
const network = "test/network/**";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      { extends: true, test: { name: "nodes", include: ["test/**/*.test.ts"], exclude: [...pure, network] } },
    ],
  },
});
