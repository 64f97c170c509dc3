/**
 * Works on the contracts: `build` compiles them and generates their types, `test` runs their Solidity tests, and
 * `invariants [PATTERN]` those of them that the pattern names (all without one) with 10,000 runs each.
 *
 * By way of Hardhat's API: on a terminal its command line asks the network for news.
 */
import { tasks } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { z } from "zod";
import config from "../hardhat.config.ts";

/** How often `invariants` tries every fuzz test with other values, and every invariant with another sequence of calls. */
const runs = 10_000;

const Passed = z.object({ success: z.boolean() });

const [command, pattern] = process.argv.slice(2);

switch (command) {
  case "build":
    await tasks.getTask("build").run({ quiet: true, noTests: true });
    break;
  case "test": {
    // A task's failure is its result; only Hardhat's command line would make an exit code of it.
    const { success } = Passed.parse(await tasks.getTask(["test", "solidity"]).run({}));
    if (!success) process.exitCode = 1;
    break;
  }
  case "invariants": {
    const usual = config.test?.solidity;
    const { invariant, ...rest } = usual === undefined || "profiles" in usual ? {} : usual;
    const hre = await createHardhatRuntimeEnvironment({
      ...config,
      test: { solidity: { ...rest, fuzz: { runs }, invariant: { ...invariant, runs } } },
    });
    const arguments_ = pattern === undefined ? {} : { grep: pattern };
    const { success } = Passed.parse(await hre.tasks.getTask(["test", "solidity"]).run(arguments_));
    if (!success) process.exitCode = 1;
    break;
  }
  default:
    console.error("Use: node scripts/contracts.ts build|test|invariants [PATTERN]");
    process.exitCode = 2;
}
