import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { reservePorts } from "../../nodes/network/ports.ts";
import { until } from "../support/until.ts";
import type { Program } from "./program.ts";

/** One validator of the network: a process with a JSON-RPC endpoint of its own. */
export interface Validator {
  readonly name: string;
  /** The ledger's JSON-RPC. */
  readonly url: string;
  readonly log: string;
  readonly pid: number | undefined;
  /** Ends it at once, as a power cut does; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it where it stopped; does not wait until it takes part. */
  restart(): Promise<void>;
  /** Resolves when its ledger is ready and it is connected to so many others. */
  ready(peers: number): Promise<void>;
}

/** The network's chain id, and the account that its first block gives all money to. Everybody knows its key. */
export const chainId = 43_112;
export const treasury = "0x56289e99c94b6912bfc12adc093c9b51124f0dc54ac7a766b2bc5ccf558d8027";

const host = "127.0.0.1";
const count = 5;

/** Starts five validators; resolves when all are connected with each other and their ledger is ready. */
export async function startValidators(
  { program, folder }: { readonly program: Program; readonly folder: string },
  signal: AbortSignal,
): Promise<readonly Validator[]> {
  const names = Array.from({ length: count }, (_, place) => `validator ${place + 1}`);
  const held = await reservePorts(
    0,
    names.flatMap((name) => [`the ledger of ${name}`, `the others of ${name}`]),
  );
  const { ports } = held;
  await held.release();
  const first = createValidator({ ...options(0), signal });
  await first.restart();
  // The first one begins alone; the others are told of it, and learn of each other from it.
  const id = await until(() => first.nodeId(), {
    what: "the first validator",
    limit: 60_000,
    every: 200,
    signal,
  });
  const others = names
    .slice(1)
    .map((_, place) =>
      createValidator({ ...options(place + 1), beginsWith: { id, address: `${host}:${ports[1]}` }, signal }),
    );
  for (const other of others) await other.restart();
  const all = [first, ...others];
  await Promise.all(all.map((each) => each.ready(count - 1)));
  return all;

  function options(place: number) {
    const [http = 0, staking = 0] = ports.slice(2 * place);
    return { program, number: place + 1, folder: join(folder, `validator-${place + 1}`), http, staking };
  }
}

interface ValidatorOptions {
  readonly program: Program;
  readonly number: number;
  readonly folder: string;
  readonly http: number;
  readonly staking: number;
  /** Whom it asks for what there is when it starts. */
  readonly beginsWith?: { readonly id: string; readonly address: string };
  readonly signal: AbortSignal;
}

function createValidator(options: ValidatorOptions): Validator & { nodeId(): Promise<string | undefined> } {
  const { number, folder, http, signal } = options;
  const name = `validator ${number}`;
  const base = `http://${host}:${http}`;
  const url = `${base}/ext/bc/C/rpc`;
  const log = join(folder, "output.log");
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();

  const ask = async <Schema extends z.ZodType>(
    path: string,
    method: string,
    params: unknown,
    schema: Schema,
  ) => {
    try {
      const response = await fetch(`${base}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
      });
      return schema.safeParse(Object(await response.json()).result).data;
    } catch {
      // It does not answer yet, or not any more.
      signal.throwIfAborted();
      return undefined;
    }
  };
  const kill = async () => {
    child?.kill("SIGKILL");
    await ended;
  };
  signal.addEventListener("abort", () => child?.kill("SIGKILL"), { once: true });

  return {
    name,
    url,
    log,
    get pid() {
      return child?.pid;
    },
    kill,
    async restart() {
      await mkdir(folder, { recursive: true });
      const output = await open(log, "a");
      const [file = "", ...args] = commandOf(options);
      const started = spawn(file, args, { stdio: ["ignore", output.fd, output.fd] });
      child = started;
      ended = new Promise((resolve) => {
        started.once("error", () => resolve()).once("close", () => resolve());
      });
      void ended.then(() => {
        if (child === started) child = undefined;
      });
      await output.close();
    },
    nodeId: async () =>
      (await ask("/ext/info", "info.getNodeID", {}, z.object({ nodeID: z.string() })))?.nodeID,
    async ready(peers) {
      const limit = { limit: 120_000, every: 250, signal };
      await until(
        async () => {
          if (child === undefined) throw new Error(`${name} has ended; see ${log}`);
          const bootstrapped = await ask(
            "/ext/info",
            "info.isBootstrapped",
            { chain: "C" },
            z.object({ isBootstrapped: z.boolean() }),
          );
          const known = await ask("/ext/info", "info.peers", {}, z.object({ numPeers: z.coerce.number() }));
          const block = await ask("/ext/bc/C/rpc", "eth_blockNumber", [], z.string());
          return bootstrapped?.isBootstrapped && (known?.numPeers ?? 0) >= peers && block !== undefined;
        },
        { what: `${name} with ${peers} others`, ...limit },
      );
    },
  };
}

function commandOf({ program, number, folder, http, staking, beginsWith }: ValidatorOptions): string[] {
  const key = (file: string) => join(program.keys, file);
  const command = [
    program.file,
    "--network-id=local",
    "--fd-limit=16384",
    `--data-dir=${folder}`,
    `--http-port=${http}`,
    `--staking-port=${staking}`,
    `--public-ip=${host}`,
    `--staking-tls-cert-file=${key(`staker${number}.crt`)}`,
    `--staking-tls-key-file=${key(`staker${number}.key`)}`,
    `--staking-signer-key-file=${key(`signer${number}.key`)}`,
    `--bootstrap-ips=${beginsWith?.address ?? ""}`,
    `--bootstrap-ids=${beginsWith?.id ?? ""}`,
  ];
  // It is no program of ours, and would go on when this process is killed: the system ends it then.
  const withParent = ["/usr/bin/setpriv", "--pdeathsig", "KILL"];
  return existsSync(withParent[0] ?? "") ? [...withParent, ...command] : command;
}
