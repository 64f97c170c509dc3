/** The next token, or white space; sticky, so that it matches just where the scan is. */
const token =
  /[ \t\n\r]+|[{}[\],:]|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

type Expected = "value" | "value or ]" | "name" | "name or }" | "colon" | "comma or end" | "nothing";

/**
 * Where a text stops being JSON (RFC 8259): the offset of the first token that cannot stand there, or the text's
 * length when it ends early; undefined for valid JSON. The engine's own error does not always say it.
 */
export function jsonErrorOffset(text: string): number | undefined {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const offset = token.lastIndex;
    const [found] = token.exec(text) ?? [];
    if (found === undefined) return offset;
    if (/^\s/.test(found)) continue;
    const next: Expected | undefined = after(found, expected, open);
    if (next === undefined) return offset;
    expected = next;
  }
  return expected === "nothing" ? undefined : text.length;
}

/** What may stand after a token, or undefined when the token itself may not stand; keeps what is open. */
function after(found: string, expected: Expected, open: ("{" | "[")[]): Expected | undefined {
  const wantsName = expected === "name" || expected === "name or }";
  const wantsValue = expected === "value" || expected === "value or ]";
  switch (found) {
    case "{":
    case "[":
      if (!wantsValue) return undefined;
      open.push(found);
      return found === "{" ? "name or }" : "value or ]";
    case "}":
      return open.at(-1) === "{" && (expected === "name or }" || expected === "comma or end")
        ? close(open)
        : undefined;
    case "]":
      return open.at(-1) === "[" && (expected === "value or ]" || expected === "comma or end")
        ? close(open)
        : undefined;
    case ",":
      if (expected !== "comma or end") return undefined;
      return open.at(-1) === "{" ? "name" : "value";
    case ":":
      return expected === "colon" ? "value" : undefined;
    default:
      if (wantsName) return found.startsWith('"') ? "colon" : undefined;
      return wantsValue ? afterValue(open) : undefined;
  }
}

function close(open: ("{" | "[")[]): Expected {
  open.pop();
  return afterValue(open);
}

const afterValue = (open: readonly string[]): Expected => (open.length === 0 ? "nothing" : "comma or end");
