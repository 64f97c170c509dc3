import { getCreateAddress, Signature, TypedDataEncoder, Wallet, ZeroAddress, ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { statementDomain, statementTypes } from "../../nodes/ledger/statements.ts";
import { consentIdOf, decisions, eventsOf, hash, plain, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();

/** A person: it has a key, and no money on the ledger. */
const person = new Wallet(hash(77));
const source = hash(0x50);
const purpose = hash(0x90);

const domain = () => statementDomain(ledger().deployment.chainId, ledger().deployment.contracts.Consents);

let now = 0;
beforeEach(async () => {
  now = await ledger().now();
});

/** What the person lets the bank do, for an hour. */
const use = () => ({ owner: person.address, grantee: ledger().address("bank"), source, purpose });
const grantOf = (changes: object = {}) => ({
  ...use(),
  ...{ expiry: BigInt(now + 3_600), nonce: 0n, deadline: BigInt(now + 600) },
  ...changes,
});
const revocationOf = (changes: object = {}) => ({
  ...use(),
  ...{ nonce: 0n, deadline: BigInt(now + 600) },
  ...changes,
});
type GrantStatement = ReturnType<typeof grantOf>;
type RevocationStatement = ReturnType<typeof revocationOf>;

const signGrant = (statement: GrantStatement, where = domain()) =>
  person.signTypedData(where, statementTypes.grant, statement);
const signRevocation = (statement: RevocationStatement, where = domain()) =>
  person.signTypedData(where, statementTypes.revocation, statement);

/** The bureau relays what the person signs. */
async function relayGrant(changes: object = {}) {
  const statement = grantOf(changes);
  return ledger()
    .as("bureau")
    .consents.grantBySignature(statement, await signGrant(statement));
}
async function relayRevocation(changes: object = {}) {
  const statement = revocationOf(changes);
  return ledger()
    .as("stranger")
    .consents.revokeBySignature(statement, await signRevocation(statement));
}

const mayUse = (changes: Partial<ReturnType<typeof use>> = {}) => {
  const asked = { ...use(), ...changes };
  return ledger().as("stranger").consents.mayUse(asked.owner, asked.grantee, asked.source, asked.purpose);
};
const consentOf = async () => {
  const { owner, grantee } = use();
  return plain(await ledger().as("stranger").consents.consentOf(owner, grantee, source, purpose));
};

describe("a grant by the owner's own account", () => {
  it("lets one member use one source for one purpose, and nothing else", async () => {
    const { consents } = ledger().as("stranger");
    const [owner, grantee] = [ledger().address("stranger"), ledger().address("bank")];
    const id = consentIdOf({ owner, grantee, source, purpose });
    const expiry = BigInt(now + 3_600);
    expect(await eventsOf(consents.grant(grantee, source, purpose, expiry), consents)).toEqual([
      { event: "ConsentGranted", id, owner, grantee, source, purpose, expiry, nonce: 0n, relayer: owner },
    ]);
    expect(await mayUse({ owner })).toBe(true);
    expect(plain(await consents.consentOf(owner, grantee, source, purpose))).toEqual({ expiry, nonce: 1n });
    for (const other of [
      { owner: person.address },
      { owner, grantee: ledger().address("bureau") },
      { owner, source: purpose },
      { owner, purpose: source },
    ]) {
      expect(await mayUse(other)).toBe(false);
    }
  });

  it("ends with its expiry", async () => {
    const { consents } = ledger().as("stranger");
    const [owner, grantee] = [ledger().address("stranger"), ledger().address("bank")];
    await consents.grant(grantee, source, purpose, now + 100);
    await ledger().travelTo(now + 100);
    expect(await mayUse({ owner })).toBe(true);
    await ledger().travelTo(now + 101);
    expect(await mayUse({ owner })).toBe(false);
    await consents.grant(grantee, source, purpose, now + 200);
    expect(await mayUse({ owner })).toBe(true);
  });

  it("refuses an expiry that is past, a commitment that is missing, and who is no member", async () => {
    const { consents } = ledger().as("stranger");
    const grantee = ledger().address("bank");
    await ledger().nextBlockAt(now + 50);
    expect(await refusal(consents.grant(grantee, source, purpose, now + 49))).toEqual({
      error: "ExpiryPast",
      expiry: BigInt(now + 49),
      time: BigInt(now + 50),
    });
    for (const [one, other] of [
      [ZeroHash, purpose],
      [source, ZeroHash],
    ] as const) {
      expect(await refusal(consents.grant(grantee, one, other, now + 100))).toEqual({
        ...{ error: "CommitmentMissing", source: one, purpose: other },
      });
    }
    const nobody = ledger().address("deployer");
    expect(await refusal(consents.grant(nobody, source, purpose, now + 100))).toEqual({
      ...{ error: "NotActive", account: nobody },
    });
  });

  it("is replaced by the next one, and revoked at once", async () => {
    const { consents } = ledger().as("stranger");
    const [owner, grantee] = [ledger().address("stranger"), ledger().address("bank")];
    const id = consentIdOf({ owner, grantee, source, purpose });
    await consents.grant(grantee, source, purpose, now + 7_200);
    await consents.grant(grantee, source, purpose, now + 3_600);
    expect(plain(await consents.consentOf(owner, grantee, source, purpose))).toEqual({
      expiry: BigInt(now + 3_600),
      nonce: 2n,
    });
    expect(await eventsOf(consents.revoke(grantee, source, purpose), consents)).toEqual([
      { event: "ConsentRevoked", id, owner, grantee, source, purpose, nonce: 2n, relayer: owner },
    ]);
    expect(await mayUse({ owner })).toBe(false);
    await consents.grant(grantee, source, purpose, now + 3_600);
    expect(await mayUse({ owner })).toBe(true);
  });
});

describe("a suspended member", () => {
  const suspend = (role: "bank" | "bureau") =>
    ledger().govern(decisions(ledger()).suspend(ledger().address(role)));
  const far = { expiry: 4_102_444_800n, deadline: 4_102_444_800n };

  it("may use nothing until it is reinstated, and is granted nothing meanwhile", async () => {
    await relayGrant(far);
    await ledger().governBy(["consumer", "bureau"], decisions(ledger()).suspend(ledger().address("bank")));
    expect(await mayUse()).toBe(false);
    expect(await refusal(relayGrant({ ...far, nonce: 1n }))).toEqual({
      ...{ error: "NotActive", account: ledger().address("bank") },
    });
    const reinstate = decisions(ledger()).reinstate(ledger().address("bank"));
    await ledger().governBy(["consumer", "bureau"], reinstate);
    expect(await mayUse()).toBe(true);
  });

  it("relays no grant, but what ends one; and what it granted can be revoked", async () => {
    await relayGrant(far);
    await suspend("bureau");
    expect(await refusal(relayGrant({ ...far, nonce: 1n }))).toEqual({
      ...{ error: "NotActive", account: ledger().address("bureau") },
    });
    const statement = revocationOf({ deadline: far.deadline });
    await ledger()
      .as("bureau")
      .consents.revokeBySignature(statement, await signRevocation(statement));
    expect(await mayUse()).toBe(false);
    await ledger().as("bureau").consents.revoke(ledger().address("bank"), source, purpose);
  });
});

describe("a grant by signature", () => {
  it("is relayed by a member, who pays and is named, and changes nothing", async () => {
    const { consents } = ledger().as("bureau");
    const statement = grantOf();
    const { deadline: _, ...granted } = statement;
    const sent = consents.grantBySignature(statement, await signGrant(statement));
    const relayer = ledger().address("bureau");
    expect(await eventsOf(sent, consents)).toEqual([
      { event: "ConsentGranted", id: consentIdOf(use()), ...granted, relayer },
    ]);
    expect(await mayUse()).toBe(true);
    expect(await ledger().provider.getTransactionCount(person.address)).toBe(0);
  });

  it("is refused from a relayer that is no member", async () => {
    const statement = grantOf();
    const { consents } = ledger().as("stranger");
    expect(await refusal(consents.grantBySignature(statement, await signGrant(statement)))).toEqual({
      ...{ error: "NotActive", account: ledger().address("stranger") },
    });
  });

  it("for who is no member is refused", async () => {
    const grantee = ledger().address("stranger");
    expect(await refusal(relayGrant({ grantee }))).toEqual({ error: "NotActive", account: grantee });
  });

  const changes: [string, () => object][] = [
    ["owner", () => ({ owner: ledger().address("consumer") })],
    ["grantee", () => ({ grantee: ledger().address("bureau") })],
    ["source", () => ({ source: hash(0x51) })],
    ["purpose", () => ({ purpose: hash(0x91) })],
    ["expiry", () => ({ expiry: BigInt(now + 3_601) })],
    ["nonce", () => ({ nonce: 1n })],
    ["deadline", () => ({ deadline: BigInt(now + 601) })],
  ];
  it.each(changes)("is refused when its %s was changed", async (_, change) => {
    const { consents } = ledger().as("bureau");
    const signature = await signGrant(grantOf());
    const changed = grantOf(change());
    expect(await refusal(consents.grantBySignature(changed, signature))).toEqual({
      ...{ error: "SignatureInvalid", owner: changed.owner },
    });
  });

  it("replay: counts once, not twice, not after another grant, not after a revocation", async () => {
    const statement = grantOf();
    const signature = await signGrant(statement);
    const again = () => ledger().as("bureau").consents.grantBySignature(statement, signature);
    const used = (next: bigint) => ({ error: "NonceInvalid", id: consentIdOf(use()), next, nonce: 0n });
    await again();
    expect(await refusal(again())).toEqual(used(1n));
    await relayRevocation({ nonce: 0n });
    expect(await refusal(again())).toEqual(used(1n));
    expect(await mayUse()).toBe(false);
    await relayGrant({ nonce: 1n });
    expect(await refusal(again())).toEqual(used(2n));
    expect(await refusal(relayGrant({ nonce: 3n }))).toMatchObject({ ...used(2n), nonce: 3n });
  });

  it("of one consent does not wait for another", async () => {
    for (const place of [3, 1, 2]) await relayGrant({ source: hash(place) });
    for (const place of [1, 2, 3]) expect(await mayUse({ source: hash(place) })).toBe(true);
  });

  it("replay: is refused after its deadline, and on it not yet", async () => {
    await ledger().nextBlockAt(now + 601);
    expect(await refusal(relayGrant())).toEqual({
      error: "SignatureExpired",
      deadline: BigInt(now + 600),
      time: BigInt(now + 601),
    });
    await ledger().nextBlockAt(now + 700);
    await relayGrant({ deadline: BigInt(now + 700) });
    expect(await mayUse()).toBe(true);
  });

  it("replay: is refused on another chain, and by another contract", async () => {
    const statement = grantOf();
    const { chainId, contracts } = ledger().deployment;
    const { consents } = ledger().as("bureau");
    for (const elsewhere of [
      statementDomain(chainId + 1, contracts.Consents),
      statementDomain(chainId, contracts.Credit),
      { ...domain(), name: "Belt credit" },
      { ...domain(), version: "2" },
    ]) {
      const signature = await signGrant(statement, elsewhere);
      expect(await refusal(consents.grantBySignature(statement, signature))).toEqual({
        ...{ error: "SignatureInvalid", owner: person.address },
      });
    }
  });

  it("is refused in another form of the same signature, and when it is none at all", async () => {
    const statement = grantOf();
    const { r, s, v } = Signature.from(await signGrant(statement));
    // The other of the two values that ECDSA lets s have, with the other parity.
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const mirrored = (order - BigInt(s)).toString(16).padStart(64, "0");
    const malleable = `${r}${mirrored}${(v === 27 ? 28 : 27).toString(16)}`;
    const { consents } = ledger().as("bureau");
    for (const signature of [malleable, "0x", "0x12", `${r}${s.slice(2)}`]) {
      expect(await refusal(consents.grantBySignature(statement, signature))).toMatchObject({
        error: "SignatureInvalid",
      });
    }
    const nobodys = grantOf({ owner: ZeroAddress });
    expect(await refusal(consents.grantBySignature(nobodys, `0x${"00".repeat(65)}`))).toMatchObject({
      error: "SignatureInvalid",
    });
  });

  it("is not taken for a revocation, nor a revocation for it", async () => {
    const signature = await signRevocation(revocationOf());
    expect(
      await refusal(ledger().as("bureau").consents.grantBySignature(grantOf(), signature)),
    ).toMatchObject({ error: "SignatureInvalid" });
    await relayGrant();
    const other = await signGrant(grantOf());
    expect(
      await refusal(ledger().as("bureau").consents.revokeBySignature(revocationOf(), other)),
    ).toMatchObject({ error: "SignatureInvalid" });
  });
});

describe("a revocation by signature", () => {
  it("can be relayed by anybody, and counts from its block on", async () => {
    await relayGrant();
    const { consents } = ledger().as("stranger");
    const statement = revocationOf();
    const { deadline: _, ...revoked } = statement;
    const sent = consents.revokeBySignature(statement, await signRevocation(statement));
    expect(await eventsOf(sent, consents)).toEqual([
      {
        ...{ event: "ConsentRevoked", id: consentIdOf(use()), ...revoked },
        relayer: ledger().address("stranger"),
      },
    ]);
    expect(await mayUse()).toBe(false);
    expect(await consentOf()).toEqual({ expiry: 0n, nonce: 1n });
  });

  it("that lands first kills the grant that is still on its way", async () => {
    const grant = grantOf();
    const signature = await signGrant(grant);
    await relayRevocation({ nonce: 0n });
    expect(await refusal(ledger().as("bureau").consents.grantBySignature(grant, signature))).toEqual({
      ...{ error: "NonceInvalid", id: consentIdOf(use()), next: 1n, nonce: 0n },
    });
    expect(await mayUse()).toBe(false);
  });

  it("ends the grant that overtook it: nobody evades a revocation by relaying first", async () => {
    const revocation = revocationOf();
    const signature = await signRevocation(revocation);
    await relayGrant();
    expect(await mayUse()).toBe(true);
    await ledger().as("stranger").consents.revokeBySignature(revocation, signature);
    expect(await mayUse()).toBe(false);
  });

  it("replay: counts once, and never against a later grant", async () => {
    const revocation = revocationOf();
    const signature = await signRevocation(revocation);
    const again = () => ledger().as("stranger").consents.revokeBySignature(revocation, signature);
    await again();
    const used = { error: "NonceInvalid", id: consentIdOf(use()), next: 1n, nonce: 0n };
    expect(await refusal(again())).toEqual(used);
    await relayGrant({ nonce: 1n });
    expect(await refusal(again())).toEqual({ ...used, next: 2n });
    expect(await mayUse()).toBe(true);
    // It ends the grant that counts, or the next: none that is further away.
    expect(await refusal(relayRevocation({ nonce: 3n }))).toEqual({ ...used, next: 2n, nonce: 3n });
    await relayRevocation({ nonce: 2n });
    expect(await refusal(relayRevocation({ nonce: 1n }))).toEqual({ ...used, next: 3n, nonce: 1n });
  });

  it("replay: is refused after its deadline, from another's key, and for another chain", async () => {
    await relayGrant();
    const statement = revocationOf();
    const { consents } = ledger().as("stranger");
    const invalid = { error: "SignatureInvalid", owner: person.address };
    const another = await ledger().accounts.bank.signTypedData(
      domain(),
      statementTypes.revocation,
      statement,
    );
    expect(await refusal(consents.revokeBySignature(statement, another))).toEqual(invalid);
    const elsewhere = await signRevocation(
      statement,
      statementDomain(1, ledger().deployment.contracts.Consents),
    );
    expect(await refusal(consents.revokeBySignature(statement, elsewhere))).toEqual(invalid);
    await ledger().nextBlockAt(now + 601);
    expect(await refusal(relayRevocation())).toMatchObject({ error: "SignatureExpired" });
    expect(await mayUse()).toBe(true);
  });

  it("by the owner's account kills a signed grant as well", async () => {
    const owner = ledger().accounts.stranger;
    const statement = grantOf({ owner: owner.address });
    const signature = await owner.signTypedData(domain(), statementTypes.grant, statement);
    await ledger().as("stranger").consents.revoke(statement.grantee, source, purpose);
    expect(
      await refusal(ledger().as("bureau").consents.grantBySignature(statement, signature)),
    ).toMatchObject({ error: "NonceInvalid", next: 1n, nonce: 0n });
  });
});

describe("typed data", () => {
  it("is hashed as ethers hashes it, and the domain is what the contract says", async () => {
    const { name, version, chainId, verifyingContract } = await ledger()
      .as("stranger")
      .consents.eip712Domain();
    const said = { name, version, chainId, verifyingContract };
    expect(TypedDataEncoder.hashDomain(said)).toBe(TypedDataEncoder.hashDomain(domain()));
    // An owner that is a contract is asked about the very digest: it answers yes to what ethers says, and to no other.
    const owner = await contractThatSigned((address) =>
      TypedDataEncoder.hash(domain(), statementTypes.grant, grantOf({ owner: address })),
    );
    const { consents } = ledger().as("bureau");
    expect(await refusal(consents.grantBySignature(grantOf({ owner, nonce: 1n }), "0x"))).toEqual({
      ...{ error: "SignatureInvalid", owner },
    });
    await consents.grantBySignature(grantOf({ owner }), "0x");
    expect(await mayUse({ owner })).toBe(true);
  });

  it("of a revocation too", async () => {
    const owner = await contractThatSigned((address) =>
      TypedDataEncoder.hash(domain(), statementTypes.revocation, revocationOf({ owner: address })),
    );
    const { consents } = ledger().as("stranger");
    expect(await refusal(consents.revokeBySignature(revocationOf({ owner, nonce: 1n }), "0x"))).toMatchObject(
      {
        error: "SignatureInvalid",
      },
    );
    await consents.revokeBySignature(revocationOf({ owner }), "0x");
    expect(await refusal(consents.revokeBySignature(revocationOf({ owner }), "0x"))).toMatchObject({
      error: "NonceInvalid",
    });
  });
});

/** Deploys an account that is a contract (ERC-1271), and that has signed one digest, whatever the signature says. */
async function contractThatSigned(digestFor: (address: string) => string): Promise<string> {
  const { stranger } = ledger().accounts;
  const address = getCreateAddress({ from: stranger.address, nonce: await stranger.getNonce() });
  // isValidSignature(hash, ...): its own selector when the hash is the digest, else zero.
  const runtime = `7f${digestFor(address).slice(2)}60043514631626ba7e0260e01b5f5260205ff3`;
  const size = (runtime.length / 2).toString(16);
  // Copies what follows these 10 bytes into memory, and returns it as the contract's code.
  await (await stranger.sendTransaction({ data: `0x60${size}80600a5f395ff300${runtime}` })).wait();
  return address;
}

describe("many uses at once", () => {
  it("are answered in their order, as each by itself", async () => {
    for (const place of [1, 3]) await relayGrant({ source: hash(place) });
    const { consents } = ledger().as("stranger");
    const uses = [0, 1, 2, 3].map((place) => ({ ...use(), source: hash(place) }));
    expect([...(await consents.mayUseEach(uses))]).toEqual([false, true, false, true]);
    expect([...(await consents.mayUseEach([]))]).toEqual([]);
  });

  it("are 256 at most", async () => {
    const { consents } = ledger().as("stranger");
    expect(await consents.mayUseEach(Array.from({ length: 256 }, use))).toHaveLength(256);
    expect(await refusal(consents.mayUseEach(Array.from({ length: 257 }, use)))).toEqual({
      ...{ error: "UsesOutOfBounds", uses: 257n, limit: 256n },
    });
  });
});
