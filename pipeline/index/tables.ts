import type { Address, Hash } from "./events.ts";
import { Histories, type Journal, Table } from "./journal.ts";
import type {
  Balance,
  Belt,
  Community,
  Connection,
  Consent,
  Contract,
  Head,
  KeyClaim,
  KeyPeriod,
  Offer,
  Profile,
  Proposal,
  Sheet,
  Supervision,
  Vote,
} from "./records.ts";

/** The tables behind the view; every change goes through the journal. */
export interface Tables {
  readonly profiles: Table<Address, Profile>;
  readonly memberByName: Table<string, Address>;
  readonly keys: Histories<Address, KeyPeriod>;
  readonly keyClaims: Table<Hash, KeyClaim>;
  readonly signingKeys: Table<string, Hash>;
  readonly offers: Table<Hash, Offer>;
  readonly belts: Table<Hash, Belt>;
  readonly sheets: Table<Hash, Sheet>;
  readonly balances: Table<Address, Balance>;
  readonly heads: Histories<Address, Head>;
  readonly proposals: Table<Hash, Proposal>;
  readonly votes: Histories<Hash, Vote>;
  readonly communities: Table<Hash, Community>;
  readonly supervision: Table<"now", Supervision>;
  readonly consents: Table<Hash, Consent>;
  readonly connections: Table<string, Connection>;
  readonly directory: Table<string, Address>;
  readonly contracts: Table<Address, Contract>;
}

export function createTables(journal: Journal): Tables {
  return {
    profiles: new Table(journal),
    memberByName: new Table(journal),
    keys: new Histories(journal),
    keyClaims: new Table(journal),
    signingKeys: new Table(journal),
    offers: new Table(journal),
    belts: new Table(journal),
    sheets: new Table(journal),
    balances: new Table(journal),
    heads: new Histories(journal),
    proposals: new Table(journal),
    votes: new Histories(journal),
    communities: new Table(journal),
    supervision: new Table(journal),
    consents: new Table(journal),
    connections: new Table(journal),
    directory: new Table(journal),
    contracts: new Table(journal),
  };
}
