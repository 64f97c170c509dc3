import { makeError } from "ethers";
import { expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { errorOfEthers } from "../../../nodes/ledger/ethersError.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { ada } from "../../pipeline/index/ledger.ts";

const transaction = { to: null, data: "0x" };
const call = { action: "call", reason: null, invocation: null, revert: null, transaction } as const;
const nameOf = (account: string) => (account === ada ? "ada" : undefined);

it("says what a contract refuses in a sentence, and by no name of its errors", () => {
  const data = interfaces.Profiles.encodeErrorResult("MemberExists", [ada]);
  const error = errorOfEthers(
    makeError("execution reverted", "CALL_EXCEPTION", { ...call, data }),
    "admit",
    nameOf,
  );
  expect(error).toMatchObject({
    code: "LEDGER_DONE_BEFORE",
    message: "The ledger refuses to admit: ada is a member already.",
  });
  const silent = makeError("transaction execution reverted", "CALL_EXCEPTION", { ...call, data: null });
  expect(errorOfEthers(silent, "admit").message).toBe(
    "The ledger refuses to admit: a contract does not say why.",
  );
});

it.each([
  ["an account that cannot pay", new Error("sender doesn't have enough funds"), "LEDGER_FUNDS_SHORT"],
  [
    "a ledger that is away",
    Object.assign(new Error("refused"), { syscall: "connect" }),
    "LEDGER_UNREACHABLE",
  ],
  ["what nobody knows", new Error("odd"), "LEDGER_CALL_FAILED"],
  ["what is known already", new BeltError("PORT_IN_USE", "It is."), "PORT_IN_USE"],
])("names %s", (_, error, code) => {
  expect(errorOfEthers(error, "admit")).toMatchObject({ name: "BeltError", code });
});
