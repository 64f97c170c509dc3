import type { Caller, Scene } from "./scene.ts";

/** Who calls: an account, or the members by a proposal that was voted on, queued and carried out. */
export type Calling = Caller | "decision";

/** `ok`, the name of the custom error with which the contract refuses, or `no contract` where it calls who is none. */
export type Outcome = string;

/** One function that changes something: how it is called, and what becomes of it by who calls. */
export interface Row {
  readonly args: (scene: Scene) => readonly unknown[];
  /** What is done first, in the moment of the call. */
  readonly first?: (scene: Scene) => Promise<unknown>;
  readonly outcomes: Readonly<Partial<Record<Calling, Outcome>> & { others: Outcome }>;
}

/** Rows of a contract by the names of its functions. */
export type Rows = Readonly<Record<string, Row>>;

export const row = (args: Row["args"], outcomes: Row["outcomes"], first?: Row["first"]): Row => ({
  ...{ args, outcomes },
  ...(first === undefined ? {} : { first }),
});

/** For who holds no active membership, whatever it was before. */
export const inactive = (outcome: Outcome) => ({
  ...{ deployer: outcome, stranger: outcome, suspended: outcome, removed: outcome, left: outcome },
  decision: outcome,
});

/** For who was a member, or never was one. */
export const noMember = (outcome: Outcome) => ({
  ...{ deployer: outcome, stranger: outcome, removed: outcome, left: outcome, decision: outcome },
});

/** What the members alone can do, together. */
export const governed = (args: Row["args"], first?: Row["first"]): Row =>
  row(args, { others: "AccessManagedUnauthorized", decision: "ok" }, first);
