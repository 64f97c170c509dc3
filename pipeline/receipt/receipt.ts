import { z } from "zod";
import { Bytes32, Name } from "../belt/index.ts";
import { type Digest, utf8 } from "../bytes.ts";
import { DigestText } from "../disclosure/index.ts";
import { canonical, namesInOrder } from "../json.ts";
import { leafHash, mostCases } from "../log/index.ts";

/** How a station ended one case; the position is the code on the ledger (4 bits a case). */
export const statuses = ["done", "skipped", "unprocessable", "failed", "blocked"] as const;
export const Status = z.enum(statuses);
export type Status = z.infer<typeof Status>;

/** The place of a case in its sheet, from 0. */
export const CaseNumber = z
  .int()
  .min(0)
  .max(mostCases - 1);

const Milliseconds = z.int().nonnegative();

// No record's schema: that drops a member `__proto__` without a word, and the hash would be of other bytes than were sent.
const Inputs = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(isInput),
  "give a digest by each name",
);

const isInput = ([name, digest]: readonly [string, unknown]): boolean =>
  Name.safeParse(name).success && DigestText.safeParse(digest).success;

/** What a receipt says beyond which case at which station it is of. */
const end = {
  /** The case's commitment under `case`; under an upstream station's name the leaf hash of its receipt. */
  in: Inputs,
  /** The commitment to the station's output; null unless the status is done. */
  out: DigestText.nullable(),
  status: Status,
  /** The version of the rules that were applied. */
  rules: z.string().min(1).max(64),
  /** When the last input arrived and when the work ended, in milliseconds since 1970. */
  received: Milliseconds,
  finished: Milliseconds,
};

const outWhenDone = ({ status, out }: { readonly status: Status; readonly out: string | null }): boolean =>
  (status === "done") === (out !== null);
const elseNull = { path: ["out"], error: "give an output when the status is done, and null otherwise" };

/** A receipt without what it is of: the tray that it travels on says that. */
export const ReceiptEnd = z.strictObject(end).refine(outWhenDone, elseNull);

/** What a station says it did with one case. It holds commitments and no data. */
export const Receipt = z
  .strictObject({ v: z.literal(1), sheet: Bytes32, case: CaseNumber, station: Name, ...end })
  .refine(outWhenDone, elseNull);
export type Receipt = z.infer<typeof Receipt>;

/** The receipt as it is a leaf of its member's log: canonical JSON (RFC 8785) in UTF-8. */
export function receiptBytes(receipt: Receipt): Uint8Array {
  const { case: number, finished, out, received, rules, sheet, station, status, v } = receipt;
  // What can have no canonical form is refused by it; everything else of a receipt is in characters that need no escape.
  if (!rules.isWellFormed()) return utf8(canonical(receipt));
  let inputs = "";
  for (const source of namesInOrder(receipt.in)) {
    inputs += `${inputs === "" ? "" : ","}"${source}":"${receipt.in[source]}"`;
  }
  // The members stand in the order of their names, as canonical JSON has them.
  return utf8(
    `{"case":${number},"finished":${finished},"in":{${inputs}},"out":${out === null ? "null" : `"${out}"`},` +
      `"received":${received},"rules":${JSON.stringify(rules)},"sheet":"${sheet}","station":"${station}",` +
      `"status":"${status}","v":${v}}`,
  );
}

/** The leaf hash of a receipt (RFC 9162, section 2.1.1): what later receipts of the case name it by. */
export function receiptHash(receipt: Receipt): Digest {
  return leafHash(receiptBytes(receipt));
}
