import { MaxUint256, Signature, ZeroAddress } from "ethers";
import { describe, expect, it } from "vitest";
import { decisions, eventsOf, type Role, refusal, startingCredit, useLedger } from "./fixture.ts";

const ledger = useLedger();

const credit = (role: Role) => ledger().as(role).credit;
const escrow = () => ledger().deployment.contracts.Bookings;

describe("Credit", () => {
  it("has no fractions, and knows its escrow", async () => {
    expect(await credit("stranger").decimals()).toBe(0n);
    expect((await credit("stranger").escrow()).toLowerCase()).toBe(escrow());
    expect(await credit("stranger").totalSupply()).toBe(2n * startingCredit);
    expect(await credit("stranger").balanceOf(ledger().address("bank"))).toBe(0n);
  });

  it("is made and taken out of the world by the members' decision alone", async () => {
    const bank = ledger().address("bank");
    const { mint, burn } = decisions(ledger());
    await ledger().govern(mint(bank, 100n), burn(bank, 40n));
    expect(await credit("bank").balanceOf(bank)).toBe(60n);
    for (const role of ["deployer", "consumer", "bank", "stranger"] as const) {
      const denied = { error: "AccessManagedUnauthorized", caller: ledger().address(role) };
      expect(await refusal(credit(role).mint(bank, 1))).toEqual(denied);
      expect(await refusal(credit(role).burn(bank, 1))).toEqual(denied);
    }
    expect(await refusal(ledger().govern(burn(bank, 61n)))).toMatchObject({
      error: "ERC20InsufficientBalance",
    });
  });

  it("goes to members only", async () => {
    const stranger = ledger().address("stranger");
    const denied = { error: "NotActive", account: stranger };
    await credit("consumer").transfer(ledger().address("bank"), 7);
    expect(await credit("bank").balanceOf(ledger().address("bank"))).toBe(7n);
    expect(await refusal(credit("bank").transfer(stranger, 1))).toEqual(denied);
    expect(await refusal(ledger().govern(decisions(ledger()).mint(stranger, 1n)))).toEqual(denied);
    expect(await refusal(credit("stranger").transfer(ledger().address("bank"), 0))).toEqual(denied);
    expect(await refusal(credit("bank").transfer(ZeroAddress, 1))).toMatchObject({
      error: "ERC20InvalidReceiver",
    });
  });

  it("goes into the escrow with a booking alone, and is never burned there", async () => {
    const closed = { error: "EscrowClosed", account: await credit("bank").escrow() };
    expect(await refusal(credit("consumer").transfer(escrow(), 1))).toEqual(closed);
    const { mint, burn } = decisions(ledger());
    expect(await refusal(ledger().govern(mint(escrow(), 1n)))).toEqual(closed);
    expect(await refusal(ledger().govern(burn(escrow(), 0n)))).toEqual(closed);
    await credit("consumer").approve(ledger().address("bank"), 5);
    const consumer = ledger().address("consumer");
    expect(await refusal(credit("bank").transferFrom(consumer, escrow(), 1))).toEqual(closed);
  });

  it("replay: a signature approves once, on this chain and for this contract, in time", async () => {
    const [consumer, bank] = [ledger().accounts.consumer, ledger().address("bank")];
    const { chainId, contracts } = ledger().deployment;
    const domain = { name: "Belt credit", version: "1", chainId, verifyingContract: contracts.Credit };
    const deadline = (await ledger().now()) + 100;
    const fields = [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ];
    const value = { owner: consumer.address, spender: bank, value: 9, nonce: 0, deadline };
    const signed = async (other: object) =>
      Signature.from(await consumer.signTypedData({ ...domain, ...other }, { Permit: fields }, value));
    const permit = ({ v, r, s }: Signature) =>
      credit("stranger").permit(consumer.address, bank, 9, deadline, v, r, s);

    const elsewhere = [{ chainId: chainId + 1 }, { verifyingContract: contracts.Bookings }];
    for (const other of elsewhere) {
      expect(await refusal(permit(await signed(other)))).toMatchObject({ error: "ERC2612InvalidSigner" });
    }
    const signature = await signed({});
    expect(await eventsOf(permit(signature), credit("bank"))).toMatchObject([
      { event: "Approval", value: 9n },
    ]);
    expect(await refusal(permit(signature))).toMatchObject({ error: "ERC2612InvalidSigner" });
    await ledger().travelTo(deadline + 1);
    expect(await refusal(permit(signature))).toMatchObject({ error: "ERC2612ExpiredSignature" });
    await credit("bank").transferFrom(consumer.address, bank, 9);
    expect(await credit("bank").balanceOf(bank)).toBe(9n);
    expect(await credit("bank").allowance(consumer.address, escrow())).toBe(MaxUint256);
  });
});
