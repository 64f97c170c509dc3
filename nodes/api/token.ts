import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";

/**
 * A check of an `Authorization` header (RFC 6750, section 2.1) against the operator's token. Digests are compared,
 * in constant time, so that neither the token nor its length shows in how long the check takes.
 *
 * @throws {BeltError} (the check) `API_TOKEN_REFUSED`
 */
export function tokenCheck(token: string): (authorization: string | undefined) => void {
  const expected = sha256(token);
  return (authorization) => {
    if (authorization === undefined) {
      throw new BeltError("API_TOKEN_REFUSED", "The request has no token.", { at: "Authorization" });
    }
    const [, given] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? [];
    if (given === undefined || !timingSafeEqual(sha256(given), expected)) {
      throw new BeltError("API_TOKEN_REFUSED", "The token is not this node's.", { at: "Authorization" });
    }
  };
}
