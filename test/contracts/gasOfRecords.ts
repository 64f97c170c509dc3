import { type ContractTransactionResponse, Wallet } from "ethers";
import { statementDomain, statementTypes } from "../../nodes/ledger/statements.ts";
import { hash, type Ledger } from "./fixture.ts";

type GasOf = (sent: Promise<ContractTransactionResponse>) => Promise<number>;

/** Bytes that are zero cost 12 gas less to send: what is paid beyond them for a signature must not hang on its luck. */
function withoutLuck(gas: number, signature: string): number {
  const zeros = signature.match(/../g)?.filter((byte) => byte === "00").length ?? 0;
  return gas + 12 * zeros;
}

/** What consents cost: the first grant writes a word, all that follows changes it. */
export async function costsOfConsents(ledger: Ledger, gasOf: GasOf): Promise<Record<string, number>> {
  const { chainId, contracts } = ledger.deployment;
  const domain = statementDomain(chainId, contracts.Consents);
  const owner = new Wallet(hash(77));
  const grantee = ledger.address("bank");
  const [source, purpose] = [`0x${"ab".repeat(32)}`, `0x${"cd".repeat(32)}`];
  const expiry = 0xffff_ffff;
  const { consents } = ledger.as("consumer");
  const relayer = ledger.as("bureau").consents;
  const statement = (nonce: number) => ({
    ...{ owner: owner.address, grantee, source, purpose, nonce },
    deadline: expiry,
  });

  const costs: Record<string, number> = {};
  costs["grant"] = await gasOf(consents.grant(grantee, source, purpose, expiry));
  costs["grant, again"] = await gasOf(consents.grant(grantee, source, purpose, expiry));
  costs["revoke"] = await gasOf(consents.revoke(grantee, source, purpose));
  const grant = { ...statement(0), expiry };
  const granted = await owner.signTypedData(domain, statementTypes.grant, grant);
  costs["grant, relayed"] = withoutLuck(await gasOf(relayer.grantBySignature(grant, granted)), granted);
  const revocation = statement(0);
  const revoked = await owner.signTypedData(domain, statementTypes.revocation, revocation);
  const sent = relayer.revokeBySignature(revocation, revoked);
  costs["revoke, relayed"] = withoutLuck(await gasOf(sent), revoked);
  return costs;
}

/** What connections cost. */
export async function costsOfConnections(ledger: Ledger, gasOf: GasOf): Promise<Record<string, number>> {
  const [bank, consumer] = [ledger.as("bank").connections, ledger.as("consumer").connections];
  return {
    request: await gasOf(bank.request(ledger.address("consumer"))),
    accept: await gasOf(consumer.accept(ledger.address("bank"))),
    end: await gasOf(bank.end(ledger.address("consumer"))),
  };
}

/** What it costs to say what one thinks of a belt, which is not the bank's own. */
export async function costsOfBelt(
  ledger: Ledger,
  belt: string,
  gasOf: GasOf,
): Promise<Record<string, number>> {
  const { belts } = ledger.as("bank");
  return {
    endorse: await gasOf(belts.endorse(belt)),
    "withdraw endorsement": await gasOf(belts.withdrawEndorsement(belt)),
    deprecate: await gasOf(ledger.as("consumer").belts.deprecate(belt, `0x${"00".repeat(32)}`)),
  };
}
