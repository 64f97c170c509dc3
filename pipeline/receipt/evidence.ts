import { utf8 } from "../bytes.ts";
import { canonical } from "../json.ts";
import type { Receipt } from "./receipt.ts";

/**
 * What a consumer shows when it disputes: the receipts that say something else than the report. The ledger has the
 * SHA-256 of these bytes.
 *
 * @param receipts - in the order of their cases
 * @returns canonical JSON (RFC 8785) in UTF-8
 */
export const disputeEvidence = (receipts: readonly Receipt[]): Uint8Array =>
  utf8(canonical({ evidence: "receipts", receipts: [...receipts] }));
