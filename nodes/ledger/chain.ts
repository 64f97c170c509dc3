/**
 * A local Hardhat chain as a process of its own: `node nodes/ledger/chain.ts --port 8545`.
 *
 * It listens on the loopback address only, keeps the chain in memory, and writes no file. Standard output is one
 * line, `{"port":8545,"chainId":31337}`, when it answers; standard error is one line, `{"code":...,"message":...}`,
 * when it cannot. SIGTERM and SIGINT end it.
 *
 * It is configured here rather than by a hardhat.config.ts, so that it also runs from the installed package.
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { complaintOf } from "../parse.ts";
import { chainHost, chainKeys } from "./chainAccounts.ts";

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, "use a whole number")
    .transform(Number)
    .pipe(z.number().min(least, `use ${least} or more`).max(most, `use ${most} or less`));

const Options = z.object({
  port: wholeNumber(0, 65_535).default(8545),
  "chain-id": wholeNumber(1, 2 ** 31).default(31_337),
  "with-parent": z.boolean().default(false),
});

async function run(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options["with-parent"]) followParent();
  else process.once("SIGINT", end);
  process.once("SIGTERM", end);
  await refuseUsedPort(options.port);
  const port = await listen(options.port, options["chain-id"]);
  process.stdout.write(`${JSON.stringify({ port, chainId: options["chain-id"] })}\n`);
}

function optionsOf(argv: readonly string[]): z.infer<typeof Options> {
  let values: unknown;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        "chain-id": { type: "string" },
        "with-parent": { type: "boolean" },
      },
    }));
  } catch (cause) {
    throw new BeltError("USAGE_INVALID", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const result = Options.safeParse(values);
  if (result.success) return result.data;
  const { sentence, path } = complaintOf(result.error);
  throw new BeltError("USAGE_INVALID", sentence, { at: `--${path.join("")}`, cause: result.error });
}

/** A parent's death closes the pipe to standard input. Ctrl-C reaches both; the parent decides when to stop. */
function followParent(): void {
  process.stdin.once("end", end).once("error", end).resume();
  process.on("SIGINT", () => undefined);
}

/** The chain is in memory and the system closes the sockets: there is nothing to wait for. */
function end(): never {
  process.exit(0);
}

/** Hardhat's server has no way to say that its port is taken. Asked before Hardhat is loaded, which takes a second. */
async function refuseUsedPort(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject).listen(port, chainHost, () => probe.close(() => resolve()));
  });
}

async function listen(port: number, chainId: number): Promise<number> {
  // Hardhat reads this when it connects: no telemetry leaves the machine, and none is asked for.
  Object.assign(process.env, { HARDHAT_DISABLE_TELEMETRY: "true" });
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  // A few wei more or less make every chain's first block another one: nodes tell by it that a chain began anew.
  const balance = 10n ** 24n + BigInt(randomInt(2 ** 47));
  const { network } = await createHardhatRuntimeEnvironment(
    {
      // Not those of a project that happens to be here: the chain is the same wherever it is started.
      paths: { artifacts: "no-artifacts" },
      networks: {
        local: {
          type: "edr-simulated",
          chainId,
          hardfork: "cancun",
          accounts: chainKeys.map((privateKey) => ({ privateKey, balance })),
          mining: { auto: true },
          // Otherwise every block is a second later than the last, and a busy chain's clock runs ahead.
          allowBlocksWithSameTimestamp: true,
          // As on every other network, a transaction that reverts is mined, and its receipt says so.
          throwOnTransactionFailures: false,
          loggingEnabled: false,
        },
      },
    },
    {},
    // The root must be a package's; the folder from which the chain is started need not be one.
    import.meta.dirname,
  );
  const server = await network.createServer("local", chainHost, port);
  return (await server.listen()).port;
}

function fail(error: unknown): never {
  const known = error instanceof BeltError ? error : portError(error);
  const { code, message, at } = known ?? new BeltError("INTERNAL", String(error));
  process.stderr.write(`${JSON.stringify({ code, message, ...(at === undefined ? {} : { at }) })}\n`);
  process.exit(1);
}

function portError(error: unknown): BeltError | undefined {
  if (!(error instanceof Error && "code" in error && "port" in error)) return undefined;
  const at = "--port";
  if (error.code === "EADDRINUSE") {
    return new BeltError("PORT_IN_USE", `Port ${error.port} is in use.`, { at, cause: error });
  }
  if (error.code !== "EACCES") return undefined;
  return new BeltError("USAGE_INVALID", `This user may not listen on port ${error.port}.`, {
    at,
    cause: error,
  });
}

// Somebody may take the port between the question and Hardhat's listening; its server throws that out of reach.
process.once("uncaughtException", fail);
await run().catch(fail);
