import type {
  Cancelled,
  CarriedOut,
  Community,
  CommunityChange,
  GovernanceRules,
  Member,
  NewMotion,
  NewProposal,
  Proposal,
  ProposalDetail,
  Proposed,
  Resignation,
  Voted,
  Written,
} from "./governanceSchemas.ts";
import type { Writing } from "./writing.ts";

/** What an operator can ask of a node about what the members decide together, and have in common. */
export interface GovernanceOperations {
  /** Who is or was a member, in the order of admission. */
  members(): Promise<readonly Member[]>;
  /** By which rules the members decide now. */
  rules(): Promise<GovernanceRules>;
  /** The proposals, the newest first. */
  proposals(): Promise<readonly Proposal[]>;
  /** @throws {BeltError} `NOT_FOUND` */
  proposal(proposal: string): Promise<ProposalDetail>;
  /**
   * Proposes decisions to the members. The same decisions with the same reference are the same proposal.
   *
   * @throws {BeltError} `NOT_FOUND` for a member that nobody is, and what the ledger refuses
   */
  readonly propose: Writing<NewProposal, Proposed>;
  /** @throws {BeltError} `NOT_FOUND`, and what the ledger refuses */
  readonly vote: Writing<{ readonly proposal: string; readonly support: Voted["support"] }, Voted>;
  /**
   * Queues what has passed, and carries out what has waited long enough; a delay of some seconds is waited for.
   *
   * @throws {BeltError} `NOT_FOUND`, and what the ledger refuses
   */
  readonly carryOut: Writing<string, CarriedOut>;
  /** Takes back a proposal of this member whose vote is not open yet. @throws {BeltError} `NOT_FOUND` */
  readonly cancelProposal: Writing<string, Cancelled>;
  /** Ends this member's membership. @throws {BeltError} `INPUT_INVALID` when the name is not its own */
  readonly resign: Writing<Resignation, Written>;
  /** Moves, as a supervisor, to pause new bookings. */
  readonly movePause: Writing<NewMotion, Written>;
  communities(): Promise<readonly Community[]>;
  /** @throws {BeltError} `NOT_FOUND`, and what the ledger refuses */
  readonly changeCommunity: Writing<
    { readonly community: string; readonly change: CommunityChange },
    Written
  >;
}
