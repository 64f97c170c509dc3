import { id, keccak256 } from "ethers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { mayHold } from "../../../nodes/ledger/bloom.ts";
import { topicsOf } from "../../../nodes/ledger/decode.ts";
import { useChain } from "./useChain.ts";

const used = useChain();
const Block = z.object({ logsBloom: z.string() });
const bloomOf = async (height: number): Promise<string> =>
  Block.parse(await used.chain.rpc("eth_getBlockByNumber", `0x${height.toString(16)}`, false)).logsBloom;

describe("the filter in a block's header", () => {
  it("says of a topic that is there that it may be, and of most others that they are not", async () => {
    const ledger = await used.chain.open(1);
    const { block } = await ledger.anchor(used.head());
    await ledger.close();
    const bloom = await bloomOf(block);
    const anchored = topicsOf(new Set(["HeadAnchored"]));
    expect(anchored).toHaveLength(1);
    expect(mayHold(anchored)(bloom)).toBe(true);
    expect(mayHold([id("Other()"), ...anchored])(bloom)).toBe(true);
    const others = Array.from({ length: 1_000 }, (_, i) => id(`Other(${i})`));
    expect(others.filter((topic) => mayHold([topic])(bloom)).length).toBeLessThan(10);
    expect(mayHold([])(bloom)).toBe(false);
  });

  it("has nothing where no transaction left a log", async () => {
    await used.chain.mine(1);
    const bloom = await bloomOf(await used.chain.height());
    expect(bloom).toMatch(/^0x0{512}$/);
    expect(mayHold([keccak256("0x")])(bloom)).toBe(false);
  });
});
