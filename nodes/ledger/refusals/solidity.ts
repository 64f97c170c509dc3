import type { Refusals } from "./refusal.ts";

/** What Solidity itself and older contracts, such as another currency, revert with: their parameter has no name. */
export const solidityRefusals: Refusals = {
  "Error(0)": { code: "LEDGER_REVERTED", says: 'the contract says "{0}"' },
  "Panic(0)": {
    code: "LEDGER_REVERTED",
    says: "the contract found something that must not be (Solidity's panic {0})",
    remedy: "This is a defect of the contract: report it. Nothing was changed on the ledger.",
  },
};
