import fc from "fast-check";
import { toBase64url } from "../../pipeline/bytes.ts";
import { type Receipt, statuses } from "../../pipeline/receipt/index.ts";

export const digestText = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64url);
const bytes32 = fc.stringMatching(/^0x[0-9a-f]{64}$/);
const stationName = fc.stringMatching(/^[a-z][a-z0-9]{0,10}(?:-[a-z0-9]{1,10}){0,2}$/);
const milliseconds = fc.integer({ min: 0, max: 2 ** 43 });

/** Any receipt that a station could give. */
export const receipt: fc.Arbitrary<Receipt> = fc
  .record({
    v: fc.constant(1 as const),
    sheet: bytes32,
    case: fc.nat(1023),
    station: stationName,
    in: fc.dictionary(stationName, digestText, { maxKeys: 4, noNullPrototype: true }),
    out: digestText,
    status: fc.constantFrom(...statuses),
    rules: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
    received: milliseconds,
    finished: milliseconds,
  })
  .map((receipt) => ({ ...receipt, out: receipt.status === "done" ? receipt.out : null }));

/** One receipt, fixed. */
export const someReceipt: Receipt = {
  v: 1,
  sheet: `0x${"ab".repeat(32)}`,
  case: 7,
  station: "income",
  in: { case: toBase64url(Buffer.alloc(32, 1)) },
  out: toBase64url(Buffer.alloc(32, 2)),
  status: "done",
  rules: "2026.1",
  received: 1_767_225_600_000,
  finished: 1_767_225_600_250,
};
