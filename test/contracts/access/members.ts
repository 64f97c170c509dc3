import { keccak256, toUtf8Bytes } from "ethers";
import { hash } from "../fixture.ts";
import { governed, inactive, noMember, type Rows, row } from "./row.ts";

const someone = `0x${"5e".repeat(20)}`;

/** Everybody may give the contract another authority that the present one lets do so: the members. */
const setAuthority = governed(({ contracts }) => [contracts.Access]);

/** Who is a member, and where what is. */
export const memberRows: Readonly<Record<string, Rows>> = {
  Directory: {
    set: governed(({ directory }) => [hash(7), directory]),
    setAuthority,
  },
  Profiles: {
    admit: governed(() => [someone, "newcomer", 1]),
    suspend: governed(({ address }) => [address("member")]),
    reinstate: governed(({ address }) => [address("suspended")]),
    remove: governed(({ address }) => [address("member")]),
    changeKinds: governed(({ address }) => [address("member"), 2]),
    // Who is suspended may leave as well.
    resign: row(() => [], { ...noMember("MemberUnknown"), others: "ok" }),
    publish: row(() => ["https://node.example", hash(1), hash(2)], {
      ...inactive("NotActive"),
      others: "ok",
    }),
    // A vote is its member's own.
    delegate: row(({ address }) => [address("member")], { others: "DelegationRefused" }),
    delegateBySig: row(
      ({ address, soon, signed: { delegation } }) => [
        ...[address("consumer"), 0, soon, delegation.v, delegation.r, delegation.s],
      ],
      { others: "DelegationRefused" },
    ),
    setAuthority,
  },
  Communities: {
    found: governed(({ address }) => ["energy", [address("member")]]),
    replaceStewards: governed(({ community, address }) => [community, [address("member")]]),
    addSteward: row(({ community, address }) => [community, address("consumer")], {
      ...{ others: "NotSteward", steward: "ok" },
    }),
    removeSteward: row(({ community, address }) => [community, address("suspended")], {
      ...{ others: "NotSteward", steward: "ok" },
    }),
    join: row(({ community }) => [community], {
      ...inactive("NotActive"),
      ...{ others: "ok", consumer: "JoinedAlready", steward: "JoinedAlready" },
    }),
    // Who belongs to it may go, whatever else it is or was.
    quit: row(({ community }) => [community], {
      ...{ others: "NotJoined", consumer: "ok", steward: "ok", suspended: "ok", removed: "ok", left: "ok" },
    }),
    adopt: row(({ community, belt }) => [community, belt], { others: "NotSteward", steward: "ok" }),
    drop: row(({ community, successor }) => [community, successor], { others: "NotSteward", steward: "ok" }),
    setChannel: row(({ community }) => [community, "wiki", "https://wiki.example"], {
      ...{ others: "NotSteward", steward: "ok" },
    }),
    removeChannel: row(({ community }) => [community, "chat"], { others: "NotSteward", steward: "ok" }),
    setAuthority,
  },
  Connections: {
    request: row(({ address }) => [address("member")], {
      ...inactive("NotActive"),
      ...{ others: "ok", member: "SelfConnection" },
    }),
    accept: row(({ address }) => [address("consumer")], {
      ...inactive("NotActive"),
      ...{ others: "RequestUnknown", producer: "ok" },
    }),
    decline: row(({ address }) => [address("consumer")], { others: "RequestUnknown", producer: "ok" }),
    withdraw: row(({ address }) => [address("producer")], { others: "RequestUnknown", consumer: "ok" }),
    end: row(({ address }) => [address("steward")], { others: "ConnectionUnknown", consumer: "ok" }),
  },
  Consents: {
    // Owners of data need not be members, and may name who they like: what they let be used is theirs.
    grant: row(({ address, source, purpose, soon }) => [address("producer"), source, purpose, soon], {
      others: "ok",
    }),
    grantBySignature: row(({ grant, signed }) => [grant, signed.grant], {
      ...inactive("NotActive"),
      others: "ok",
    }),
    revoke: row(({ address, source, purpose }) => [address("producer"), source, purpose], { others: "ok" }),
    revokeBySignature: row(({ revocation, signed }) => [revocation, signed.revocation], { others: "ok" }),
  },
  Receipts: {
    anchor: row(() => [5, keccak256(toUtf8Bytes("head"))], { ...inactive("NotActive"), others: "ok" }),
  },
};
