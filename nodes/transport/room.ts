import type { RequestHandler } from "express";
import { BeltError } from "../../pipeline/errors.ts";
import { mostTrayBytes } from "../../pipeline/tray/index.ts";

/**
 * Bounds the bytes of bodies that are in hand at one time, whoever sends them: a body that does not fit is refused
 * before it is read. One that does not say how long it is counts as the longest.
 *
 * @param most bytes
 */
export function withinRoom(most: number): RequestHandler {
  let inHand = 0;
  return (request, response, next) => {
    const declared = Number(request.headers["content-length"] ?? mostTrayBytes);
    const size = Number.isSafeInteger(declared) && declared >= 0 ? declared : mostTrayBytes;
    if (inHand > 0 && inHand + size > most) {
      // What is on its way is not read, so nothing else can come on this connection.
      response.setHeader("connection", "close");
      throw new BeltError("OVERLOADED", "More trays arrive at this node than it takes at one time.", {
        retryAfter: 1,
      });
    }
    inHand += size;
    response.once("close", () => {
      inHand -= size;
    });
    next();
  };
}
