import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { startApi } from "../../nodes/api/index.ts";
import { createIdentity } from "../../nodes/identity.ts";
import { temporaryFolder } from "./folder.ts";
import { type MemoryNode, memoryNode } from "./memoryNode.ts";

/** A node in memory behind its real API, and the folder that commands find it by. */
export interface ServedNode {
  readonly folder: string;
  readonly operations: MemoryNode;
  readonly url: string;
  readonly token: string;
}

/** Serves a node in memory until the test ends. */
export async function serveMemoryNode(registry = new Registry()): Promise<ServedNode> {
  const folder = await temporaryFolder();
  const { token } = await createIdentity(join(folder, "data"), { random: (size) => randomBytes(size) });
  const operations = memoryNode();
  const { url, close } = await startApi({
    ...{
      operations,
      token,
      host: "127.0.0.1",
      port: 0,
      version: "0.1.0",
      requestBytes: 2 ** 20,
      patience: 200,
    },
    registry,
    log: pino({ level: "silent" }),
  });
  onTestFinished(close);
  const config = {
    name: "acme",
    ledger: { url: "http://127.0.0.1:1", directory: `0x${"d1".repeat(20)}` },
    api: { port: Number(new URL(url).port) },
  };
  await writeFile(join(folder, "belt.config.json"), JSON.stringify(config));
  return { folder, operations, url, token };
}
