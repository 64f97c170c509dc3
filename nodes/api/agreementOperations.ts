import type {
  Connection,
  Consent,
  NewConsent,
  OwnUse,
  SignedStatement,
  WrittenBelt,
  WrittenConnection,
  WrittenConsent,
} from "./agreementSchemas.ts";
import type { Writing } from "./writing.ts";

/** What an operator can ask of a node about consents, connections and what members think of belts. */
export interface AgreementOperations {
  /** The consents of which this member is owner or grantee, and those that it relayed. */
  consents(): Promise<readonly Consent[]>;
  /** Lets another member use this member's own data. @throws {BeltError} `NOT_FOUND` for a name that nobody has */
  readonly grantConsent: Writing<NewConsent, WrittenConsent>;
  /** Ends that, and whatever was signed and not relayed yet. */
  readonly revokeConsent: Writing<OwnUse, WrittenConsent>;
  /** Brings to the ledger what an owner of data signed. */
  readonly relayConsent: Writing<SignedStatement, WrittenConsent>;

  /** All that this member has, or had, with others. */
  connections(): Promise<readonly Connection[]>;
  readonly requestConnection: Writing<string, WrittenConnection>;
  readonly acceptConnection: Writing<string, WrittenConnection>;
  /** Declines a member's request, takes this one's back, or ends the connection. @throws {BeltError} `NOT_FOUND` */
  readonly endConnection: Writing<string, WrittenConnection>;

  readonly endorseBelt: Writing<string, WrittenBelt>;
  readonly withdrawEndorsement: Writing<string, WrittenBelt>;
  /** Advises against a belt that this member answers for. */
  readonly deprecateBelt: Writing<
    { readonly belt: string; readonly successor?: string | undefined },
    WrittenBelt
  >;
  /** Proposes who is to answer for a belt; null takes the proposal back. */
  readonly proposeSteward: Writing<{ readonly belt: string; readonly member: string | null }, WrittenBelt>;
  readonly acceptSteward: Writing<string, WrittenBelt>;
}
