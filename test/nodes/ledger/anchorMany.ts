/**
 * A member's node in small, to be killed: anchors the heads 1 to COUNT, all at once, with a store on the disk.
 * `node anchorMany.ts URL DIRECTORY PRIVATE_KEY FOLDER COUNT` prints every head that is in a block, and then "all".
 */
import { Wallet } from "ethers";
import { openLedger } from "../../../nodes/ledger/index.ts";
import { openLevelStore } from "../../../nodes/store/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";

const [url = "", directory = "", privateKey = "", folder = "", count = ""] = process.argv.slice(2);
const store = await openLevelStore(folder);
const ledger = await openLedger({
  url,
  directory,
  store,
  wallet: new Wallet(privateKey),
  poll: 10,
  resendAfter: 100,
});
await Promise.all(
  Array.from({ length: Number(count) }, async (_, place) => {
    const size = place + 1;
    const { transaction } = await ledger.anchor({ size, root: hashOf("anchored", size) });
    process.stdout.write(`${size} ${transaction}\n`);
  }),
);
await ledger.close();
await store.close();
process.stdout.write("all\n");
