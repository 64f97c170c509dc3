import { generateKeyPairSync, randomBytes } from "node:crypto";
import { checkOutput, outputSchemaOf } from "../../nodes/stations/index.ts";
import { derive, toBase64url } from "../../pipeline/bytes.ts";
import { commit, disclose, type Sealed } from "../../pipeline/disclosure/index.ts";
import { deliveryOf } from "../../pipeline/hop/index.ts";
import { inOrder, isObject, type Json, type JsonObject } from "../../pipeline/json.ts";
import { append, type Frontier, leafHash } from "../../pipeline/log/index.ts";
import { type Receipt, receiptBytes } from "../../pipeline/receipt/index.ts";
import { type Item, mostItems, openTray, sealTray, writePayloads } from "../../pipeline/tray/index.ts";
import { application, closed } from "../chain/application.ts";
import { itemOf } from "../work/item.ts";

/** A full tray's hop with nothing around it. */
export interface BareHop {
  /** Cases on the tray. */
  readonly items: number;
  /** Does all of it once. @returns the log with the cases' receipts */
  work(log: Frontier): Frontier;
}

const sheet = `0x${"5e".repeat(32)}`;
const field = "/application";
/** When everything happens, in milliseconds since 1970. */
const at = Date.UTC(2026, 0, 1);

interface Concluded {
  readonly sealed: Sealed;
  readonly receipt: Receipt;
}

/**
 * What a hop is whatever carries it, by the functions that the nodes use, one after another in one thread: the tray is
 * opened, each case held to its commitments and to the station's schema, its output to that as well, committed to,
 * receipted and put into the log; all are sealed to the next station, and their receipts to the consumer, who opens
 * them and holds them to the manifest. Without disk, network, ledger, processes of stations, and without the station's
 * own work.
 */
export function bareHop(): BareHop {
  const [signing, sealing, secret] = [
    generateKeyPairSync("ed25519"),
    generateKeyPairSync("x25519"),
    randomBytes(32),
  ];
  const parties = {
    signer: { kid: "sender", key: signing.privateKey },
    to: { kid: "receiver", key: sealing.publicKey, member: `0x${"11".repeat(20)}` },
  };
  const keys = { own: () => sealing.privateKey, signers: () => signing.publicKey };
  const schema = outputSchemaOf({ name: "bare", output: closed({ application }) });

  const sealedAs = (source: string, number: number, value: Json): Sealed =>
    commit(derive(secret, `${source}/${number}`), new Map([[field, value]]));

  const cases = Array.from({ length: mostItems }, (_, number) => {
    const value = inOrder({ ...itemOf(number) });
    return { value, commitment: sealedAs("case", number, value).commitment };
  });
  const commitments = { at: (number: number) => cases[number]?.commitment };

  function concluded(station: string, number: number, given: JsonObject, from: Receipt["in"]): Concluded {
    const output = checkOutput(given, schema);
    const sealed = sealedAs(station, number, output["application"] ?? null);
    const out = toBase64url(sealed.commitment);
    const times = { received: at, finished: at };
    const path = { v: 1, sheet, case: number, station } as const;
    return { sealed, receipt: { ...path, in: from, out, status: "done", rules: "1.0.0", ...times } };
  }

  function send(edge: string, done: readonly Concluded[], fields: readonly string[]): Uint8Array {
    const items = done.map(
      ({ sealed, receipt }): Item => ({ case: receipt.case, ...disclose(sealed, fields), receipt }),
    );
    const [payload, ...more] = writePayloads({ sheet, edge }, items);
    if (payload === undefined || more.length > 0) throw new Error("The items are not one tray.");
    return sealTray({ sheet, edge, tray: 0 }, payload, parties, randomBytes);
  }

  function open(tray: Uint8Array, source: string, fields: readonly string[]) {
    return openTray(tray, keys).items.map((item) => deliveryOf(item, { sheet, source, fields, commitments }));
  }

  function worked(value: Json | undefined): JsonObject {
    const input = { application: value ?? null };
    if (!schema.validate(input).valid || !isObject(input.application))
      throw new Error("The input does not fit.");
    return { application: { ...input.application, progress: { code: "12345678", step: 1 } } };
  }

  const first = cases.map(({ value, commitment }, number) =>
    concluded("intake", number, { application: value }, { case: toBase64url(commitment) }),
  );
  const incoming = send("intake>income", first, [field]);

  return {
    items: cases.length,
    work(log) {
      const done = open(incoming, "intake", [field]).map(({ item, arrival }) => {
        const inputs = { ...item.receipt?.in, intake: arrival.digest };
        return concluded("income", item.case, worked(arrival.fields.get(field)), inputs);
      });
      const grown = append(
        log,
        done.map(({ receipt }) => leafHash(receiptBytes(receipt))),
      );
      send("income>valuation", done, [field]);
      open(send("income>result", done, []), "income", []);
      return grown.frontier;
    },
  };
}
