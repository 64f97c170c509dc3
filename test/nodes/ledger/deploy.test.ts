import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getAddress, HDNodeWallet, JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chainAccount } from "../../../nodes/ledger/chainAccounts.ts";
import { deploy } from "../../../nodes/ledger/deploy.ts";
import { Deployment, directoryKey, directoryNames } from "../../../nodes/ledger/deployment.ts";
import { type Chain, startChain } from "../../../nodes/ledger/startChain.ts";
import type { NewMember } from "../../../nodes/ledger/terms.ts";
import { kindBits, kindsOf, memberKinds } from "../../../pipeline/governance/index.ts";
import { Access__factory } from "../../../types/factories/Access__factory.ts";
import { Bookings__factory } from "../../../types/factories/Bookings__factory.ts";
import { Credit__factory } from "../../../types/factories/Credit__factory.ts";
import { Directory__factory } from "../../../types/factories/Directory__factory.ts";
import { Governance__factory } from "../../../types/factories/Governance__factory.ts";
import { Profiles__factory } from "../../../types/factories/Profiles__factory.ts";

const script = fileURLToPath(new URL("../../../scripts/deploy.ts", import.meta.url));

let chain: Chain;
let provider: JsonRpcProvider;
let folder: string;

beforeAll(async () => {
  chain = await startChain();
  provider = new JsonRpcProvider(chain.url, chain.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    batchStallTime: 0,
  });
  folder = await mkdtemp(join(tmpdir(), "deploy-"));
});
afterAll(async () => {
  provider?.destroy();
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

const account = (index: number) => chainAccount(index).connect(provider);

/** Members with names in order; more than are sent at a time. */
const members: readonly NewMember[] = Array.from({ length: 11 }, (_, place) => ({
  address: `0x${(place + 1).toString(16).padStart(40, "0")}`,
  name: `member-${place + 1}`,
  kinds: memberKinds.filter((_, kind) => ((place + 1) & (1 << kind)) !== 0),
}));

function runScript(...options: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...options], { cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("deploy", () => {
  it("puts the contracts on the ledger, enters them in the directory, and admits the members", async () => {
    const deployment = await deploy(account(1), { members });
    expect(Deployment.parse(deployment)).toEqual(deployment);
    const [genesis, head] = [await provider.getBlock(0), await provider.getBlockNumber()];
    expect(deployment).toMatchObject({ chainId: chain.chainId, genesis: genesis?.hash });
    expect(deployment.block).toBeGreaterThan(0);
    expect(deployment.block).toBeLessThanOrEqual(head);
    const directory = Directory__factory.connect(deployment.directory, provider);
    for (const name of directoryNames) {
      expect((await directory.addressOf(directoryKey(name))).toLowerCase()).toBe(deployment.contracts[name]);
    }
    const profiles = Profiles__factory.connect(deployment.contracts.Profiles, provider);
    expect([...(await profiles.members(0, 100))]).toEqual(members.map(({ address }) => getAddress(address)));
    for (const { address, name, kinds } of members) {
      const profile = await profiles.profileOf(address);
      expect({ name: profile.name, kinds: kindsOf(Number(profile.kinds)) }).toEqual({ name, kinds });
    }
  });

  it("hands everything to the members, who decide by the rules that were given or usual ones", async () => {
    const day = 86_400n;
    const given = { votingDelay: 1, votingPeriod: 2, executionDelay: 3, quorum: 4, superQuorum: 5 };
    for (const [rules, expected] of [
      [{}, [day, 7n * day, 2n * day, 50n, 51n]],
      [given, [1n, 2n, 3n, 4n, 5n]],
    ] as const) {
      const { contracts } = await deploy(account(1), { members: members.slice(0, 1), rules });
      const governance = Governance__factory.connect(contracts.Governance, provider);
      const access = Access__factory.connect(contracts.Access, provider);
      const [, delay] = await access.hasRole(0, contracts.Governance);
      expect([
        await governance.votingDelay(),
        await governance.votingPeriod(),
        delay,
        await governance["quorumNumerator()"](),
        await governance["superQuorumNumerator()"](),
      ]).toEqual(expected);
      expect(await governance.baseDelaySeconds()).toBe(delay);
      expect((await governance.token()).toLowerCase()).toBe(contracts.Profiles);
      expect(await access.hasRole(0, chainAccount(1).address)).toEqual([false, 0n]);
    }
  });

  it.each([
    ["no vote at all", { votingPeriod: 0 }, "/rules/votingPeriod"],
    ["a vote without end", { votingPeriod: 91 * 86_400 }, "/rules/votingPeriod"],
    ["no quorum", { quorum: 0 }, "/rules/quorum"],
    ["a super quorum below the quorum", { quorum: 60 }, "/rules/superQuorum"],
  ])("refuses %s", async (_, rules, at) => {
    await expect(deploy(account(1), { members, rules })).rejects.toMatchObject({ code: "INPUT_INVALID", at });
  });

  it("refuses to deploy without members, who alone could govern", async () => {
    await expect(deploy(account(1), { members: [] })).rejects.toMatchObject({
      ...{ code: "INPUT_INVALID", at: "/members" },
      message: expect.stringContaining("nobody can govern"),
    });
  });

  it("gives every consumer credit to begin with, and lets the bookings alone hold it for others", async () => {
    const { contracts } = await deploy(account(1), { members, credit: 70n, acceptanceWindow: 60 });
    const credit = Credit__factory.connect(contracts.Credit, provider);
    expect((await credit.escrow()).toLowerCase()).toBe(contracts.Bookings);
    for (const { address, kinds } of members) {
      expect(await credit.balanceOf(address)).toBe(kinds.includes("consumer") ? 70n : 0n);
    }
    const bookings = Bookings__factory.connect(contracts.Bookings, provider);
    expect((await bookings.currency()).toLowerCase()).toBe(contracts.Credit);
    expect(await bookings.acceptanceWindow()).toBe(60n);
  });

  it("takes another currency, if it is one", async () => {
    const first = await deploy(account(1), { members });
    const currency = first.contracts.Credit;
    const { contracts } = await deploy(account(1), { members, currency });
    expect(contracts.Credit).toBe(currency);
    const bookings = Bookings__factory.connect(contracts.Bookings, provider);
    expect((await bookings.currency()).toLowerCase()).toBe(currency);
    expect(await bookings.acceptanceWindow()).toBe(86_400n);
    const nobody = chainAccount(9).address;
    await expect(deploy(account(1), { members, currency: nobody })).rejects.toMatchObject({
      code: "LEDGER_VALUE_REFUSED",
      message: expect.stringContaining("refuses to deploy the contracts: there is no contract at 0x"),
      revert: { error: "CurrencyWithoutCode" },
    });
    await expect(deploy(account(1), { members, currency, credit: 1n })).rejects.toMatchObject({
      at: "/credit",
    });
    await expect(deploy(account(1), { members, acceptanceWindow: 31 * 86_400 })).rejects.toMatchObject({
      ...{ code: "INPUT_INVALID", at: "/acceptanceWindow" },
    });
  });

  it("deploys again beside what is there", async () => {
    const [first, second] = [await deploy(account(2), { members }), await deploy(account(2), { members })];
    expect(second.directory).not.toBe(first.directory);
    expect(second).toMatchObject({ genesis: first.genesis, chainId: first.chainId });
  });

  it.each([
    ["a name that is none", { name: "No Name" }, "/members/1/name"],
    ["an address that is none", { address: "0x12" }, "/members/1/address"],
    ["no kinds", { kinds: [] }, "/members/1/kinds"],
    ["a name that is there twice", { name: "member-1" }, "/members/1/name"],
    ["an address that is there twice", { address: `0x${"1".padStart(40, "0")}` }, "/members/1/address"],
  ])("refuses %s before anything is sent", async (_, change, at) => {
    const sent = await provider.getTransactionCount(chainAccount(3).address);
    const [first, second] = members;
    if (first === undefined || second === undefined) throw new Error("no members");
    const wrong = [first, { ...second, ...change }];
    await expect(deploy(account(3), { members: wrong })).rejects.toMatchObject({ code: "INPUT_INVALID", at });
    expect(await provider.getTransactionCount(chainAccount(3).address)).toBe(sent);
  });

  it("names an account that cannot pay, one without a ledger, and a ledger that is not there", async () => {
    const poor = HDNodeWallet.createRandom().connect(provider);
    await expect(deploy(poor, { members })).rejects.toMatchObject({ code: "LEDGER_FUNDS_SHORT" });
    await expect(deploy(chainAccount(3), { members })).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
    const gone = await startChain();
    await gone.stop();
    const nowhere = new JsonRpcProvider(gone.url, chain.chainId, { staticNetwork: true });
    await expect(deploy(account(3).connect(nowhere), { members })).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
    });
    nowhere.destroy();
  });

  it("ends when its signal is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(deploy(account(3), { members, signal })).rejects.toThrow("enough");
  });
});

describe("kinds of a member", () => {
  it("are the bits of the profile, all of them and no others", () => {
    expect(memberKinds.map((kind) => kindBits([kind]))).toEqual([1, 2, 4, 8, 16]);
    for (let bits = 0; bits < 32; bits++) expect(kindBits(kindsOf(bits))).toBe(bits);
    expect(kindsOf(32 + 2)).toEqual(["consumer"]);
  });
});

describe("the deployment script", () => {
  it("writes a deployment file that leads to the contracts", async () => {
    const file = join(folder, "members.json");
    await writeFile(file, JSON.stringify(members.slice(0, 2)));
    const { code, out, err } = await runScript("--rpc", chain.url, "--members", file);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("2 members govern; written to deployments/local.json");
    const deployment = Deployment.parse(
      JSON.parse(await readFile(join(folder, "deployments", "local.json"), "utf8")),
    );
    const profiles = Profiles__factory.connect(deployment.contracts.Profiles, provider);
    expect(await profiles.memberCount()).toBe(2n);
  });

  it("signs with the key of a file that its owner alone can read", async () => {
    const [key, out] = [join(folder, "key"), join(folder, "elsewhere", "a.json")];
    await writeFile(key, `${chainAccount(4).privateKey}\n`, { mode: 0o600 });
    const sent = await provider.getTransactionCount(chainAccount(4).address);
    const options = [
      "--rpc",
      chain.url,
      "--local",
      "--execution-delay",
      "7",
      "--key-file",
      key,
      "--out",
      out,
    ];
    expect(await runScript(...options)).toMatchObject({ code: 0, err: "" });
    expect(await provider.getTransactionCount(chainAccount(4).address)).toBeGreaterThan(sent);
    const { contracts } = Deployment.parse(JSON.parse(await readFile(out, "utf8")));
    const profiles = Profiles__factory.connect(contracts.Profiles, provider);
    expect(await profiles.members(0, 2)).toEqual([chainAccount(0).address]);
    const governance = Governance__factory.connect(contracts.Governance, provider);
    expect([await governance["quorumNumerator()"](), await governance.baseDelaySeconds()]).toEqual([1n, 7n]);
  });

  it.each([
    ["a ledger that is not there", ["--rpc", "http://127.0.0.1:1"], "LEDGER_UNREACHABLE"],
    ["a URL that is none", ["--rpc", "ws://127.0.0.1"], "USAGE_INVALID"],
    ["a currency that is none", ["--currency", "euro"], "USAGE_INVALID"],
    ["a window that is none", ["--window", "a day"], "USAGE_INVALID"],
    ["an option that is none", ["--colour", "red"], "USAGE_INVALID"],
    ["to deploy without members", [], "USAGE_INVALID"],
    ["a quorum that is none", ["--quorum", "all"], "USAGE_INVALID"],
    ["rules that are none", ["--quorum", "101"], "INPUT_INVALID"],
    ["a file of members that is not there", ["--members", "nobody.json"], "FILE_UNREADABLE"],
    ["a key that is not there", ["--key-file", "no-key"], "KEYS_MISSING"],
  ])("refuses %s in one line, and writes nothing", async (_, options, code) => {
    const all = [
      "--out",
      "nothing.json",
      ...(options.includes("--rpc") ? [] : ["--rpc", chain.url]),
      ...(options.includes("--members") || options.length === 0 ? [] : ["--local"]),
      ...options,
    ];
    const result = await runScript(...all);
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toMatch(new RegExp(`^${code}: [^\\n]+\\n$`));
    await expect(stat(join(folder, "nothing.json"))).rejects.toThrow("ENOENT");
  });

  it("explains itself", async () => {
    const { code, out } = await runScript("--help");
    expect(code).toBe(0);
    const options = ["rpc", "key-file", "members", "local", "credit", "currency", "window", "out"];
    const rules = ["voting-delay", "voting-period", "execution-delay", "quorum", "super-quorum"];
    for (const option of [...options, ...rules]) expect(out).toContain(`--${option} `);
  });
});
