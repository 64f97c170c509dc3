import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { FetchRequest, HDNodeWallet, JsonRpcProvider } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chainAccount, chainKeys } from "../../../nodes/ledger/chainAccounts.ts";
import { localHost } from "../../../nodes/ledger/localGovernance.ts";
import { startChain } from "../../../nodes/ledger/startChain.ts";
import { until } from "../../support/until.ts";

const program = fileURLToPath(new URL("../../../nodes/ledger/chain.ts", import.meta.url));

/** Whether a process with this number is there. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the local chain", () => {
  it("has the accounts of the phrase that every Hardhat chain knows", () => {
    const phrase = "test test test test test test test test test test test junk";
    const path = HDNodeWallet.fromPhrase(phrase, undefined, "m/44'/60'/0'/0");
    expect(chainKeys).toEqual(chainKeys.map((_, place) => path.deriveChild(place).privateKey));
    expect(localHost.address).toBe(chainAccount(0).address.toLowerCase());
    expect(() => chainAccount(chainKeys.length)).toThrow(RangeError);
  });

  let stopping: AbortController;
  let folder: string;

  beforeEach(async () => {
    stopping = new AbortController();
    folder = await mkdtemp(join(tmpdir(), "chain-"));
  });
  afterEach(async () => {
    stopping.abort();
    await rm(folder, { recursive: true });
  });

  /** Runs the program by itself, in an empty folder that is no package. */
  function runProgram(...options: string[]) {
    const child = spawn(process.execPath, [program, ...options], { cwd: folder, signal: stopping.signal });
    child.on("error", () => undefined);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const end = once(child, "exit");
    return {
      child,
      async ended() {
        const [[code], [out, err]] = await Promise.all([end, output]);
        return { code, out, err };
      },
    };
  }

  it("answers with its chain id, pays every account, and mines each transaction at once", async () => {
    const chain = await startChain({ signal: stopping.signal, chainId: 31_338 });
    expect(chain).toMatchObject({ chainId: 31_338, url: `http://127.0.0.1:${chain.port}` });
    const provider = new JsonRpcProvider(new FetchRequest(chain.url), undefined, { cacheTimeout: -1 });
    expect((await provider.getNetwork()).chainId).toBe(31_338n);
    const last = chainAccount(chainKeys.length - 1).connect(provider);
    expect(await provider.getBalance(last)).toBeGreaterThanOrEqual(10n ** 24n);
    const sent = await last.sendTransaction({ to: chainAccount(0), value: 1n });
    expect(await provider.getTransactionReceipt(sent.hash)).toMatchObject({ status: 1, blockNumber: 1 });
    provider.destroy();
    await chain.stop();
    expect(await chain.ended).toBe(0);
    expect(runs(chain.pid)).toBe(false);
  });

  it("begins with another block each time, so that nodes can tell one chain from the next", async () => {
    const chains = await Promise.all([1, 2].map(() => startChain({ signal: stopping.signal })));
    const hashes = await Promise.all(
      chains.map(async ({ url }) => {
        const provider = new JsonRpcProvider(url);
        const hash = (await provider.getBlock(0))?.hash;
        provider.destroy();
        return hash;
      }),
    );
    expect(hashes[0]).toMatch(/^0x/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("names the port that is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(startChain({ port, signal: stopping.signal })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: `Port ${port} is in use.`,
      at: "--port",
    });
    const { code, out, err } = await runProgram("--port", String(port)).ended();
    expect({ code, out, problem: JSON.parse(err).code }).toEqual({
      code: 1,
      out: "",
      problem: "PORT_IN_USE",
    });
    server.close();
  });

  it.each([
    [["--port", "65536"], "--port"],
    [["--port", "1.5"], "--port"],
    [["--chain-id", "0"], "--chain-id"],
    [["--colour", "red"], undefined],
  ])("refuses the options %j", async (options, at) => {
    const { code, out, err } = await runProgram(...options).ended();
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toMatchObject({ code: "USAGE_INVALID", ...(at === undefined ? {} : { at }) });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "prints one line, writes no file, and ends on %s",
    async (signal) => {
      const { child, ended } = runProgram("--port", "0");
      await once(child.stdout, "data");
      child.kill(signal);
      const { code, out, err } = await ended();
      expect(code).toBe(0);
      expect(err).toBe("");
      expect(out).toMatch(/^\{"port":[1-9]\d*,"chainId":31337\}\n$/);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("leaves Ctrl-C to its parent, and ends when the parent is gone", async () => {
    const { child, ended } = runProgram("--port", "0", "--with-parent");
    const [line] = await once(child.stdout, "data");
    const url = `http://127.0.0.1:${JSON.parse(String(line)).port}`;
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
    const ask = async () => (await fetch(url, { method: "POST", body })).ok;
    child.kill("SIGINT");
    expect(await ask()).toBe(true);
    child.stdin.end();
    expect((await ended()).code).toBe(0);
  });

  it("stops when its signal is aborted, also while it starts", async () => {
    const chain = await startChain({ signal: stopping.signal });
    const starting = new AbortController();
    const second = startChain({ signal: starting.signal });
    starting.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
    await expect(startChain({ signal: starting.signal })).rejects.toThrow("enough");
    expect(runs(chain.pid)).toBe(true);
    stopping.abort();
    await chain.ended;
    await until(() => !runs(chain.pid));
  });
});
