import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { directoryNames } from "../../../nodes/ledger/deployment.ts";
import { openDataFolder } from "../../../nodes/network/dataFolder.ts";
import { temporaryFolder } from "../../support/folder.ts";

const deployment = {
  chainId: 31_337,
  genesis: `0x${"1".repeat(64)}`,
  block: 1,
  directory: `0x${"2".repeat(40)}`,
  contracts: Object.fromEntries(
    directoryNames.map((name, index) => [name, `0x${String(index).padStart(40, "0")}`]),
  ),
};

describe("the data folder of a local network", () => {
  let path: string;

  beforeEach(async () => {
    path = join(await temporaryFolder(), "new", "data");
  });

  it("is made for its owner alone, and leaves nothing but what it keeps", async () => {
    const folder = await openDataFolder(path);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(folder.deployment).toBeUndefined();
    await folder.release();
    expect(await readdir(path)).toEqual([]);
  });

  it("keeps a member's keys from one start to the next", async () => {
    const first = await openDataFolder(path);
    const made = await first.identity("valuers");
    await first.release();
    const second = await openDataFolder(path);
    const kept = await second.identity("valuers");
    expect([kept.address, kept.token]).toEqual([made.address, made.token]);
    expect((await second.identity("lender")).address).not.toBe(made.address);
    await second.release();
  });

  it("keeps where the contracts are", async () => {
    const first = await openDataFolder(path);
    const text = JSON.stringify(deployment);
    await writeFile(join(path, "deployment.json"), text);
    await first.release();
    const second = await openDataFolder(path);
    expect(second.deployment).toEqual(deployment);
    if (second.deployment !== undefined) {
      await second.keepDeployment({ ...second.deployment, block: 7 });
    }
    await second.release();
    const third = await openDataFolder(path);
    expect(third.deployment).toEqual({ ...deployment, block: 7 });
    await third.release();
  });

  it("refuses a damaged deployment file, and can be opened again then", async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "deployment.json"), '{"chainId":0}');
    const refused = { code: "INPUT_INVALID", at: expect.stringContaining("deployment.json#/") };
    await expect(openDataFolder(path)).rejects.toMatchObject(refused);
    await expect(openDataFolder(path)).rejects.toMatchObject(refused);
  });

  it("has one network at a time, and names its process", async () => {
    const folder = await openDataFolder(path);
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: "DATA_IN_USE",
      message: `Process ${process.pid} uses this data folder for a local network.`,
    });
    await folder.release();
    await (await openDataFolder(path)).release();
  });

  it("takes the place of a network that was killed", async () => {
    await mkdir(path, { recursive: true });
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(join(path, "network.pid"), String(pid));
    const folder = await openDataFolder(path);
    expect(await readFile(join(path, "network.pid"), "utf8")).toBe(String(process.pid));
    await folder.release();
  });

  it("sets stores aside one after the other, and deletes none", async () => {
    const folder = await openDataFolder(path);
    expect(await folder.setStoreAside("valuers")).toBeUndefined();
    const store = join(folder.memberFolder("valuers"), "store");
    const places: (string | undefined)[] = [];
    for (const content of ["one", "two"]) {
      await mkdir(store, { recursive: true });
      await writeFile(join(store, "file"), content);
      places.push(await folder.setStoreAside("valuers"));
    }
    const texts = places.map((place) => readFile(join(place ?? "", "file"), "utf8"));
    expect(await Promise.all(texts)).toEqual(["one", "two"]);
    await folder.release();
  });

  it("is refused where it cannot be", async () => {
    const parent = await temporaryFolder();
    await writeFile(join(parent, "file"), "");
    await expect(openDataFolder(join(parent, "file", "data"))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
    });
  });
});
