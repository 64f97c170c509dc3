import { createRequire } from "node:module";
import ethers from "@nomicfoundation/hardhat-ethers";
import typechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

// Hardhat asks for this after it has read this file: nothing about a build or a test leaves the machine.
Object.assign(process.env, { HARDHAT_DISABLE_TELEMETRY: "true" });

export default defineConfig({
  plugins: [ethers, typechain],
  solidity: {
    version: "0.8.37",
    // The compiler comes with the dependencies, so that a build downloads nothing.
    path: require.resolve("solc/soljson.js"),
    // The Solidity tests are compiled apart, so that no types are generated for them.
    splitTestsCompilation: true,
    settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 10_000 } },
  },
  // The oldest rules that the contracts need, as the networks of consortia have them; the same as evmVersion.
  networks: { default: { type: "edr-simulated", hardfork: "cancun" } },
  // What is generated has type-only namespaces, which the project's own code may not have.
  typechain: { outDir: "types", tsNocheck: true },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 64, depth: 48, failOnRevert: true } } },
  paths: { tests: { solidity: "./test/contracts" } },
});
