import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { canonical } from "../../pipeline/json.ts";
import { CaseNumber } from "../../pipeline/receipt/index.ts";
import { PlaceText } from "../../pipeline/tray/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import type { AcceptedTray } from "./inbox.ts";

/** Which receipts came on one tray, and where the station's log has them by its own word. */
const Copy = z.strictObject({ place: PlaceText, cases: z.array(CaseNumber).min(1) });
type Copy = z.infer<typeof Copy>;

/**
 * The change that keeps what tells a station, should it lose them, where its receipts on this tray stand in its log.
 * None when it does not say.
 */
export function keepCopy({ name: { sheet, tray }, edge, place, deliveries }: AcceptedTray): Change[] {
  if (place === undefined) return [];
  const copy: Copy = { place, cases: deliveries.map(({ item }) => item.case) };
  return [{ type: "put", key: key("copy", sheet, edge.from, tray), value: utf8(canonical(copy)) }];
}

/** What is kept of a station's trays, each with its number, in their order. */
export async function* copiesOf(
  store: Store,
  sheet: string,
  station: string,
): AsyncIterable<Copy & { readonly tray: number }> {
  const prefix = `${key("copy", sheet, station)}/`;
  for await (const [at, bytes] of store.entries({ prefix })) {
    const tray = Number(at.slice(prefix.length));
    yield { ...Copy.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))), tray };
  }
}
