import { createRequire } from "node:module";
import ethers from "@nomicfoundation/hardhat-ethers";
import typechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";
import { chainKeys } from "./nodes/ledger/chainAccounts.ts";

const require = createRequire(import.meta.url);

const compiler = {
  version: "0.8.37",
  // The compiler comes with the dependencies, so that a build downloads nothing.
  path: require.resolve("solc/soljson.js"),
};
const optimised = (runs: number) => ({ evmVersion: "cancun", optimizer: { enabled: true, runs } });

// Hardhat asks for this after it has read this file: nothing about a build or a test leaves the machine.
Object.assign(process.env, { HARDHAT_DISABLE_TELEMETRY: "true" });

/** What the compiler finds in the dependencies' sources is for their authors to heed. */
const ownWarnings: HardhatPlugin = {
  id: "own-warnings",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async getCompilationJobErrors(context, job, output, next) {
          const found = await next(context, job, output);
          const foreign = /--> \S*@openzeppelin\//;
          return found.filter(
            ({ severity, formattedMessage = "" }) => severity === "error" || !foreign.test(formattedMessage),
          );
        },
      }),
    }),
  },
};

export default defineConfig({
  plugins: [ethers, typechain, ownWarnings],
  solidity: {
    compilers: [{ ...compiler, settings: optimised(10_000) }],
    // Votes are few: here code that fits well below the limit (EIP-170) is worth more than cheap calls.
    overrides: { "contracts/Governance.sol": { ...compiler, settings: optimised(200) } },
    // The Solidity tests are compiled apart, so that no types are generated for them.
    splitTestsCompilation: true,
  },
  // The oldest rules that the contracts need, as the networks of consortia have them; the same as evmVersion.
  networks: {
    default: {
      type: "edr-simulated",
      hardfork: "cancun",
      accounts: chainKeys.map((privateKey) => ({ privateKey, balance: 10n ** 22n })),
    },
  },
  // What is generated has type-only namespaces, which the project's own code may not have.
  typechain: { outDir: "types", tsNocheck: true },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 256, depth: 24, failOnRevert: true } } },
  paths: { tests: { solidity: "./test/contracts" } },
});
