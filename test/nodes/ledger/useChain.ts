import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import {
  type Ledger,
  type LedgerReader,
  type LedgerReaderOptions,
  openLedgerReader,
  type Submission,
} from "../../../nodes/ledger/index.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { type RpcProxy, startProxy } from "./rpcProxy.ts";
import { startTestChain, type TestChain } from "./testChain.ts";

/** A chain for all tests of a file, and for each a proxy before it. */
export interface Used {
  chain: TestChain;
  proxy: RpcProxy;
  /** A head that nobody anchored before. */
  head(): { readonly size: number; readonly root: `0x${string}` };
  /** Opens a reader that has read everything. */
  read(options?: Partial<LedgerReaderOptions>): Promise<LedgerReader>;
  /** What a reader says that has read everything anew. */
  rebuilt(): Promise<unknown>;
  /** Waits until a reader says the same as one that has read everything anew. */
  agrees(reader: LedgerReader): Promise<unknown>;
}

export function useChain(): Readonly<Used> {
  let chain: TestChain | undefined;
  let proxy: RpcProxy | undefined;
  let size = 0;
  const used = {
    get chain() {
      return chain ?? expect.fail("the chain has not started");
    },
    get proxy() {
      return proxy ?? expect.fail("the proxy has not started");
    },
    head: () => ({ size: ++size, root: hashOf("head", size) }),
    read: (options: Partial<LedgerReaderOptions> = {}) => {
      const { url, deployment } = used.chain;
      return openLedgerReader({ url, directory: deployment.directory, poll: 10, ...options });
    },
    async rebuilt() {
      const reader = await used.read();
      await reader.close();
      return contentsOf(reader.view);
    },
    agrees: (reader: LedgerReader) =>
      until(async () => {
        if (reader.view.head?.number !== (await used.chain.height())) return false;
        expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
        return true;
      }),
  };
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain?.stop();
  });
  beforeEach(async () => {
    proxy = await startProxy(used.chain.url);
  });
  afterEach(async () => {
    await chain?.rpc("evm_setAutomine", true);
    await chain?.mine(1);
    await proxy?.stop();
  });
  return used;
}

/** A member that writes on the chain. */
export interface Writer {
  readonly ledger: Ledger;
  /** Anchors a head that nobody anchored before, by default its own: one event in one block. */
  anchor(ledger?: Ledger): ReturnType<Ledger["anchor"]>;
}

/** A writer for each test: reorganisations take back even what the chain calls final. */
export function useWriter(used: Readonly<Used>): Writer {
  let ledger: Ledger | undefined;
  beforeEach(async () => {
    ledger = await used.chain.open(1);
  });
  afterEach(async () => {
    await ledger?.close();
  });
  const writer: Writer = {
    get ledger() {
      return ledger ?? expect.fail("the writer has not started");
    },
    anchor: (by: Ledger = writer.ledger) => by.anchor(used.head()),
  };
  return writer;
}

/** The one transaction that is on its way. */
export function only(ledger: Ledger): Submission {
  const [submission, ...others] = ledger.submissions();
  expect(others).toEqual([]);
  return submission ?? expect.fail("nothing is on its way");
}

/** The sizes of the heads that a member anchored. */
export const sizesOf = (ledger: Ledger): number[] =>
  ledger.view.heads.get(ledger.account)?.map(({ size }) => size) ?? [];
