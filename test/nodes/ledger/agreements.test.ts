import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  consentId,
  type Ledger,
  LedgerRevert,
  signGrant,
  signRevocation,
  statementDomain,
} from "../../../nodes/ledger/index.ts";
import {
  AddressText,
  connectionBetween,
  connectionState,
  endorsersOf,
  type Hash,
  mayUse,
} from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { inSeconds, publishBelt, startTestChain, type TestChain, year2100 } from "./testChain.ts";

let chain: TestChain;
let first: Ledger;
let second: Ledger;
beforeAll(async () => {
  chain = await startTestChain();
  [first, second] = await Promise.all([chain.open(1), chain.open(2)]);
});
afterAll(async () => {
  await chain?.stop();
});

/** Waits until both ledgers have read what one of them wrote. */
const seen = ({ block }: { readonly block: number }) =>
  Promise.all([first.reached(block), second.reached(block)]);

const person = new Wallet(hashOf("person"));
const owner = AddressText.parse(person.address);
const purpose = hashOf("purpose");

/** What the person lets the second member do. */
const useOf = (source: string) => ({ owner, grantee: second.account, source: hashOf(source), purpose });
const domain = () => statementDomain(chain.deployment.chainId, chain.deployment.contracts.Consents);
const signedGrant = (source: string, { nonce = 0, expiry = year2100, deadline = year2100 } = {}) =>
  signGrant(person, domain(), { ...useOf(source), expiry, nonce, deadline });
const signedRevocation = (source: string, nonce = 0) =>
  signRevocation(person, domain(), { ...useOf(source), nonce, deadline: year2100 });
/** The same answer from the index and from the ledger itself. */
async function allowed(use: ReturnType<typeof useOf>): Promise<boolean> {
  const said = mayUse(second.view, consentId(use), Math.floor(Date.now() / 1_000));
  expect(await second.mayUse([use])).toEqual([said]);
  return said;
}

describe("a consent", () => {
  it("of a person is relayed by a member, once, and revoked by whoever brings the revocation", async () => {
    const grant = await signedGrant("relayed");
    const count = await chain.transactionsOf(1);
    const written = await first.relayGrant(grant);
    expect(written.consent).toBe(consentId(useOf("relayed")));
    expect(await first.relayGrant(grant)).toEqual(written);
    expect(await (await chain.open(1)).relayGrant(grant)).toMatchObject({ block: written.block });
    expect(await chain.transactionsOf(1)).toBe(count + 1);
    await seen(written);
    expect(await allowed(useOf("relayed"))).toBe(true);
    expect(second.view.consents.get(written.consent)).toMatchObject({ relayer: first.account, nonce: 1 });

    const revocation = await signedRevocation("relayed");
    const revoked = await second.relayRevocation(revocation);
    expect(await second.relayRevocation(revocation)).toEqual(revoked);
    await seen(revoked);
    expect(await allowed(useOf("relayed"))).toBe(false);
    // What was revoked is granted anew under the next number only.
    await expect(second.relayGrant(grant)).rejects.toMatchObject({
      code: "LEDGER_SIGNATURE_REFUSED",
      message: expect.stringContaining("the next is 1"),
    });
    await seen(await first.relayGrant(await signedGrant("relayed", { nonce: 1 })));
    expect(await allowed(useOf("relayed"))).toBe(true);
  });

  it("that was revoked on its way never counts", async () => {
    const grant = await signedGrant("overtaken");
    await seen(await second.relayRevocation(await signedRevocation("overtaken")));
    await expect(first.relayGrant(grant)).rejects.toBeInstanceOf(LedgerRevert);
    expect(await allowed(useOf("overtaken"))).toBe(false);
  });

  it("is refused in words before anything is sent, when its signature does not hold", async () => {
    const count = await chain.transactionsOf(1);
    const grant = await signedGrant("forged");
    const changed = { ...grant, of: { ...grant.of, expiry: grant.of.expiry - 1 } };
    await expect(first.relayGrant(changed)).rejects.toMatchObject({
      code: "LEDGER_SIGNATURE_REFUSED",
      message: `The ledger refuses to relay the grant: ${owner} did not sign this, for this ledger.`,
    });
    await expect(first.relayGrant(await signedGrant("late", { deadline: 1 }))).rejects.toMatchObject({
      code: "LEDGER_SIGNATURE_REFUSED",
    });
    expect(await chain.transactionsOf(1)).toBe(count);
  });

  it("of a member's own data is granted, replaced and revoked by its account", async () => {
    const own = { grantee: second.account, source: hashOf("own"), purpose };
    const use = { ...own, owner: first.account };
    const granted = await first.grantConsent({ ...own, expiry: year2100 });
    expect(await first.grantConsent({ ...own, expiry: year2100 })).toEqual(granted);
    await seen(granted);
    expect(await allowed(use)).toBe(true);
    const shorter = await first.grantConsent({ ...own, expiry: inSeconds(1_000) });
    expect(shorter.block).toBeGreaterThan(granted.block);
    // At once it is one revocation; afterwards it is another, since a signed grant may be under way.
    const [revoked, same] = await Promise.all([first.revokeConsent(own), first.revokeConsent(own)]);
    expect(same).toEqual(revoked);
    await seen(revoked);
    expect(await allowed(use)).toBe(false);
    const again = await first.revokeConsent(own);
    expect(again.block).toBeGreaterThan(revoked.block);
    expect(first.view.consents.get(again.consent)).toMatchObject({ nonce: 4, expiry: undefined });
    await seen(await first.grantConsent({ ...own, expiry: year2100 }));
    expect(await allowed(use)).toBe(true);
  });

  it("is asked about with any number of others", async () => {
    await seen(await first.relayGrant(await signedGrant("many")));
    const uses = Array.from({ length: 300 }, (_, place) => useOf(place === 299 ? "many" : `none ${place}`));
    const answers = await second.mayUse(uses);
    expect(answers).toHaveLength(300);
    expect(answers.indexOf(true)).toBe(299);
    expect(await second.mayUse([])).toEqual([]);
  });
});

it("connections are asked for, accepted, and ended by either, again and again", async () => {
  const state = () => {
    const known = connectionBetween(second.view, first.account, second.account);
    return known && connectionState(known);
  };
  await expect(first.endConnection(second.account)).rejects.toMatchObject({ code: "NOT_FOUND" });
  for (let round = 0; round < 2; round++) {
    const count = (await chain.transactionsOf(1)) + (await chain.transactionsOf(2));
    const asked = await first.requestConnection(second.account);
    expect(await first.requestConnection(second.account)).toEqual(asked);
    await seen(asked);
    expect(state()).toBe("requested");
    await seen(await first.endConnection(second.account));
    expect(state()).toBe("withdrawn");
    await seen(await first.requestConnection(second.account));
    await seen(await second.endConnection(first.account));
    expect(state()).toBe("declined");
    await seen(await first.requestConnection(second.account));
    await expect(second.requestConnection(first.account)).rejects.toMatchObject({
      code: "LEDGER_DONE_BEFORE",
      message: expect.stringContaining("m1 has asked m2 already"),
    });
    const accepted = await second.acceptConnection(first.account);
    expect(await second.acceptConnection(first.account)).toEqual(accepted);
    await seen(accepted);
    expect(state()).toBe("connected");
    expect(await first.requestConnection(second.account)).toMatchObject({ block: accepted.block });
    const ended = await second.endConnection(first.account);
    await seen(ended);
    expect(await first.endConnection(second.account)).toMatchObject({ block: ended.block });
    expect(state()).toBe("ended");
    expect((await chain.transactionsOf(1)) + (await chain.transactionsOf(2))).toBe(count + 7);
  }
});

describe("a belt", () => {
  let belt: Hash;
  let newer: Hash;
  beforeAll(async () => {
    belt = await publishBelt(first, "old");
    newer = await publishBelt(first, "new");
    await second.reached(first.view.head?.number ?? 0);
  });
  const record = () => second.view.belts.get(belt) ?? expect.fail();

  it("is endorsed, and not any more, and again", async () => {
    for (let round = 0; round < 2; round++) {
      const endorsed = await second.endorseBelt(belt);
      expect(await second.endorseBelt(belt)).toEqual(endorsed);
      expect(endorsersOf(second.view, record())).toEqual([second.account]);
      const withdrawn = await second.withdrawEndorsement(belt);
      expect(await second.withdrawEndorsement(belt)).toEqual(withdrawn);
      expect(endorsersOf(second.view, record())).toEqual([]);
    }
    await expect(first.endorseBelt(belt)).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
  });

  it("is handed over, and deprecated by who answers for it then", async () => {
    await seen(await first.proposeSteward(belt, second.account));
    expect(record()).toMatchObject({ steward: first.account, candidate: second.account });
    await seen(await first.proposeSteward(belt, undefined));
    await expect(second.acceptSteward(belt)).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
    const proposed = await first.proposeSteward(belt, second.account);
    expect(await first.proposeSteward(belt, second.account)).toEqual(proposed);
    await seen(proposed);
    const accepted = await second.acceptSteward(belt);
    expect(await second.acceptSteward(belt)).toEqual(accepted);
    await seen(accepted);
    expect(record()).toMatchObject({ member: first.account, steward: second.account, candidate: undefined });
    await expect(first.deprecateBelt(belt, newer)).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
    await second.deprecateBelt(belt, null);
    const deprecated = await second.deprecateBelt(belt, newer);
    expect(await second.deprecateBelt(belt, newer)).toMatchObject({ block: record().deprecated?.block });
    await seen(deprecated);
    expect(record()).toMatchObject({ successor: newer });
  });
});
