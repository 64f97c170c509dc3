import { Signature, type Wallet } from "ethers";
import { statementDomain, statementTypes } from "../../../nodes/ledger/statements.ts";
import type { Ledger } from "../fixture.ts";

const field = (type: string) => (name: string) => ({ type, name });
const uint256 = field("uint256");
const accountField = field("address");

const ballotFields = [
  uint256("proposalId"),
  field("uint8")("support"),
  accountField("voter"),
  uint256("nonce"),
];
const types = {
  ballot: { Ballot: ballotFields },
  extendedBallot: { ExtendedBallot: [...ballotFields, field("string")("reason"), field("bytes")("params")] },
  delegation: { Delegation: [accountField("delegatee"), uint256("nonce"), uint256("expiry")] },
  permit: {
    Permit: [accountField("owner"), accountField("spender"), ...["value", "nonce", "deadline"].map(uint256)],
  },
};

/** What a member and a person without membership have signed (EIP-712), for others to bring to the ledger. */
export async function signAll(
  ledger: Ledger,
  about: {
    readonly member: Wallet;
    readonly consumer: Wallet;
    readonly grantee: string;
    readonly source: string;
    readonly purpose: string;
    readonly proposal: bigint;
  },
) {
  const { chainId, contracts } = ledger.deployment;
  const { member, consumer, grantee, source, purpose, proposal } = about;
  const domain = (name: string, verifyingContract: string) => ({
    ...{ name, version: "1", chainId, verifyingContract },
  });
  const person = ledger.accounts.deputy;
  const soon = BigInt((await ledger.now()) + 86_400);
  const use = { owner: person.address, grantee, source, purpose };
  const grant = { ...use, expiry: soon, nonce: 0n, deadline: soon };
  const revocation = { ...use, nonce: 0n, deadline: soon };
  const ballot = { proposalId: proposal, support: 1, voter: member.address, nonce: 0n };
  const [votes, tokens, consents] = [
    domain("Belt profiles", contracts.Profiles),
    domain("Belt credit", contracts.Credit),
    statementDomain(chainId, contracts.Consents),
  ];
  const governance = domain("Belt governance", contracts.Governance);
  const extended = { ...ballot, reason: "", params: "0x" };
  const delegation = { delegatee: consumer.address, nonce: 0n, expiry: soon };
  const permit = {
    ...{ owner: member.address, spender: consumer.address, value: 5n, nonce: 0n, deadline: soon },
  };
  const payment = { ...permit, spender: contracts.Bookings, value: 1_000n };
  return {
    ...{ soon, grant, revocation },
    signed: {
      ballot: await member.signTypedData(governance, types.ballot, ballot),
      extendedBallot: await member.signTypedData(governance, types.extendedBallot, extended),
      delegation: Signature.from(await member.signTypedData(votes, types.delegation, delegation)),
      payment: Signature.from(await member.signTypedData(tokens, types.permit, payment)),
      permit: Signature.from(await member.signTypedData(tokens, types.permit, permit)),
      grant: await person.signTypedData(consents, statementTypes.grant, grant),
      revocation: await person.signTypedData(consents, statementTypes.revocation, revocation),
    },
  };
}
