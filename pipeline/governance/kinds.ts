import { z } from "zod";

/** What a member may be; each one's place is its bit in a profile's kinds on the ledger. */
export const memberKinds = ["producer", "consumer", "network-supplier", "auditor", "supervisor"] as const;
export const MemberKind = z.enum(memberKinds);
export type MemberKind = z.infer<typeof MemberKind>;

/** The kinds as the ledger writes them: one bit each. */
export function kindBits(kinds: Iterable<MemberKind>): number {
  let bits = 0;
  for (const kind of kinds) bits |= 1 << memberKinds.indexOf(kind);
  return bits;
}

/** The kinds that a profile on the ledger has; bits without a meaning (yet) are left out. */
export function kindsOf(bits: number): readonly MemberKind[] {
  return memberKinds.filter((_, place) => (bits & (1 << place)) !== 0);
}
