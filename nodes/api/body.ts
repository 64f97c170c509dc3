import { BeltError } from "../../pipeline/errors.ts";
import type { Json } from "../../pipeline/json.ts";
import { parseJson } from "../parse.ts";

/**
 * The JSON of a request's body.
 *
 * @param type - its Content-Type
 * @throws {BeltError} `MEDIA_TYPE_UNSUPPORTED`, `JSON_INVALID` with line and column
 */
export function parseBody(bytes: Uint8Array, type: string | undefined): Json {
  const [media = "", ...parameters] = (type ?? "").toLowerCase().split(";");
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith("charset="));
  const otherCharset = charset !== undefined && !/^charset="?utf-?8"?$/.test(charset);
  if (media.trim() !== "application/json" || otherCharset) {
    throw new BeltError("MEDIA_TYPE_UNSUPPORTED", "The body is not sent as JSON in UTF-8.", {
      at: "Content-Type",
    });
  }
  return parseJson(decode(bytes), "body");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BeltError("JSON_INVALID", "The body is not UTF-8.", { at: "body", cause });
  }
}
