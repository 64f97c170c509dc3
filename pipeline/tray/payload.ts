import { z } from "zod";
import { utf8 } from "../bytes.ts";
import { Disclosure } from "../disclosure/index.ts";
import { BeltError } from "../errors.ts";
import { CaseNumber, Reason, type Receipt, ReceiptEnd } from "../receipt/index.ts";
import { TraceParent } from "./trace.ts";
import { mostItems, mostPayloadBytes, type TrayName } from "./tray.ts";

/** One case on a tray: what the receiver may see of it, and the sender's receipt unless the sender is the consumer. */
export interface Item extends Disclosure {
  readonly case: number;
  readonly receipt?: Receipt | undefined;
  readonly reason?: string | undefined;
}

/** An item as it travels: of the receipt, what the tray's name does not say already. */
const TravellingItem = z.strictObject({
  case: CaseNumber,
  ...Disclosure.shape,
  receipt: ReceiptEnd.optional(),
  reason: Reason.optional(),
});
type TravellingItem = z.infer<typeof TravellingItem>;

/** Where the sender's log has the receipts, in words of its own: whoever gets them keeps it, and gives it back. */
export const PlaceText = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

export const Payload = z.strictObject({
  items: z.array(TravellingItem).min(1).max(mostItems),
  place: PlaceText.optional(),
  traceparent: TraceParent.optional(),
});
export type Payload = z.infer<typeof Payload>;

export type PlaceOf = (from: number, count: number) => string;

type Path = Pick<TrayName, "sheet" | "edge">;

const sourceOf = ({ edge }: Path): string => edge.slice(0, edge.indexOf(">"));

/**
 * The payloads of the trays that bring these items along an edge: as many items on each as number and size allow.
 *
 * @param placeOf the place of so many items from one of them on, where their receipts have one
 * @throws {BeltError} `INTERNAL` for a receipt of another sheet, station or case
 */
export function writePayloads(path: Path, items: readonly Item[], placeOf?: PlaceOf): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let load: string[] = [];
  let bytes = 0;
  let from = 0;
  const close = (): void => {
    const place = placeOf === undefined ? "" : `,"place":"${placeOf(from, load.length)}"`;
    payloads.push(utf8(`{"items":[${load.join(",")}]${place}}`));
    from += load.length;
    load = [];
    bytes = 0;
  };
  for (const item of items) {
    const text = JSON.stringify(travelling(path, item));
    const size = Buffer.byteLength(text) + 1;
    if (load.length === mostItems || (load.length > 0 && bytes + size > mostPayloadBytes)) close();
    load.push(text);
    bytes += size;
  }
  if (load.length > 0) close();
  return payloads;
}

function travelling(path: Path, { receipt, ...rest }: Item): TravellingItem {
  if (receipt === undefined) return rest;
  const { v: _, sheet, case: number, station, ...end } = receipt;
  if (sheet !== path.sheet || station !== sourceOf(path) || number !== rest.case) {
    throw new BeltError("INTERNAL", "A receipt is on a tray of another sheet, station or case.");
  }
  return { ...rest, receipt: end };
}

/** The items of a payload that came on a tray, their receipts whole again. */
export function readItems(path: Path, { items }: Pick<Payload, "items">): Item[] {
  const station = sourceOf(path);
  return items.map(({ receipt, ...rest }) =>
    receipt === undefined
      ? rest
      : { ...rest, receipt: { v: 1, sheet: path.sheet, case: rest.case, station, ...receipt } },
  );
}
