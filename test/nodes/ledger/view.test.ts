import { expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { readCredit } from "../../../nodes/ledger/credit.ts";
import { CallRefused, type Rpc } from "../../../nodes/ledger/rpc.ts";
import { readView } from "../../../nodes/ledger/view.ts";
import { createIndex } from "../../../pipeline/index/index.ts";
import { ada, bob } from "../../pipeline/index/ledger.ts";

/** A ledger's node that answers, or refuses, by the first four bytes of a call. */
function rpcThat(answers: Readonly<Record<string, string | CallRefused>>): Rpc {
  return {
    async call(schema, _method, params = []) {
      const selector = String(Object(params[0]).data).slice(0, 10);
      const answer = answers[selector] ?? expect.fail(`nothing is known of ${selector}`);
      if (answer instanceof CallRefused) throw answer;
      return schema.parse(answer);
    },
  };
}

const selectorOf = (name: "balanceOf" | "allowance" | "decimals") =>
  interfaces.Credit.getFunction(name)?.selector ?? expect.fail(name);
const reverted = (data?: string) =>
  new CallRefused("eth_call", { code: 3, message: "execution reverted", data });
const seven = `0x${"7".padStart(64, "0")}`;
const question = {
  to: ada,
  known: interfaces.Credit,
  name: "balanceOf",
  values: [bob],
  what: "tell the credit",
};

it("says in a sentence what a contract refuses to tell", async () => {
  const data = interfaces.Credit.encodeErrorResult("NotActive", [bob]);
  const refused = readView(rpcThat({ [selectorOf("balanceOf")]: reverted(data) }), question);
  await expect(refused).rejects.toMatchObject({
    code: "MEMBER_INACTIVE",
    message: `The ledger refuses to tell the credit: ${bob} is no active member.`,
  });
});

it("names what answers and is not the contract", async () => {
  const refused = readView(rpcThat({ [selectorOf("balanceOf")]: "0x" }), question);
  await expect(refused).rejects.toMatchObject({
    code: "LEDGER_CALL_FAILED",
    message: `The contract at ${ada} cannot tell the credit: it is not what the directory says.`,
  });
});

it("takes a currency that tells no decimals, as ERC-20 allows", async () => {
  const rpc = rpcThat({
    [selectorOf("balanceOf")]: seven,
    [selectorOf("allowance")]: seven,
    [selectorOf("decimals")]: reverted(),
  });
  const addressOf = async () => ada;
  expect(await readCredit({ rpc, view: createIndex().view, addressOf }, bob)).toMatchObject({
    ...{ currency: ada, balance: 7n, allowance: 7n, decimals: 0 },
  });
});
