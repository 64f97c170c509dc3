/**
 * Works on the contracts: `build` compiles them and generates their types, `test` runs their Solidity tests.
 *
 * By way of Hardhat's API: on a terminal its command line asks the network for news.
 */
import { tasks } from "hardhat";
import { z } from "zod";

const Passed = z.object({ success: z.boolean() });

switch (process.argv[2]) {
  case "build":
    await tasks.getTask("build").run({ quiet: true, noTests: true });
    break;
  case "test": {
    // A task's failure is its result; only Hardhat's command line would make an exit code of it.
    const { success } = Passed.parse(await tasks.getTask(["test", "solidity"]).run({}));
    if (!success) process.exitCode = 1;
    break;
  }
  default:
    console.error("Use: node scripts/contracts.ts build|test");
    process.exitCode = 2;
}
