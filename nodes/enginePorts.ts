import type { KeyObject } from "node:crypto";
import { BeltError } from "../pipeline/errors.ts";
import type { Sheet } from "../pipeline/index/index.ts";
import {
  AddressText,
  contractNamed,
  everSignedWith,
  finalAt,
  HashText,
  headOf,
  inDispute,
  isActive,
  isClosed,
  keysAt,
  owedTo,
  signingKeyOf,
  stationStatus,
} from "../pipeline/index/index.ts";
import { publicKey, thumbprint } from "../pipeline/tray/index.ts";
import { dataUses } from "./dataUses.ts";
import type { BookedSheet, Ledger as EngineLedger, LedgerReport, Partner } from "./engine/index.ts";
import type { Ledger, LedgerReader } from "./ledger/index.ts";
import { sheetId } from "./ledger/index.ts";

/**
 * The ledger as the engine needs it: the index's records in the engine's words, its writes as promises.
 *
 * @param writings - at a worker that leads, or is alone
 */
export function engineLedger(
  ledger: LedgerReader & Pick<Ledger, "account">,
  writings?: Ledger | undefined,
): EngineLedger {
  const { view, account } = ledger;
  const writes = (): Ledger => {
    if (writings !== undefined) return writings;
    throw new BeltError("INTERNAL", "Only the worker that leads writes on the ledger.");
  };
  const partners = new Map<
    string,
    { readonly url: string; readonly sealingKey: string; readonly partner: Partner }
  >();
  const signingKeys = new Map<string, KeyObject>();

  /** A partner's keys are made from their bytes once, and again only when its profile or standing changes. */
  function partner(member: string): Partner | undefined {
    const address = AddressText.parse(member);
    const url = view.profiles.get(address)?.url;
    const sealingKey = keysAt(view, address)?.sealingKey;
    if (url === undefined || sealingKey === undefined) return undefined;
    const active = isActive(view, address);
    const known = partners.get(address);
    if (known?.url === url && known.sealingKey === sealingKey && known.partner.active === active)
      return known.partner;
    const seal = { kid: thumbprint("X25519", sealingKey), key: publicKey("X25519", sealingKey) };
    const made: Partner = { member: address, active, url, seal };
    partners.set(address, { url, sealingKey, partner: made });
    return made;
  }

  function signer(kid: string): ReturnType<EngineLedger["signer"]> {
    const raw = signingKeyOf(view, kid);
    if (raw === undefined) return undefined;
    const key = signingKeys.get(kid) ?? publicKey("Ed25519", raw);
    signingKeys.set(kid, key);
    return { key, members: [...view.keys.keys()].filter((member) => everSignedWith(view, member, raw)) };
  }

  return {
    partner,
    signer,
    trouble() {
      const { phase, reason } = ledger.state();
      if (phase === "following" || phase === "catching up") return undefined;
      const sentence = reason?.message ?? `The ledger is ${phase}.`;
      return { reason: sentence, lasting: phase === "replaced" || phase === "refused" };
    },
    look: (signal) =>
      ledger.look(signal).then(
        () => true,
        () => false,
      ),
    async sheetId(root, signal) {
      const { chainId } = await ledger.verified(signal);
      await ledger.caughtUp(signal);
      const bookings = contractNamed(view, "Bookings");
      if (bookings === undefined) {
        throw new BeltError("LEDGER_NO_DIRECTORY", "The directory names no Bookings contract.");
      }
      return sheetId(chainId, bookings, account, HashText.parse(root));
    },
    sheet: (id) => {
      const sheet = view.sheets.get(HashText.parse(id));
      return sheet === undefined ? undefined : bookedSheet(sheet);
    },
    *sheets() {
      for (const sheet of view.sheets.values()) yield bookedSheet(sheet);
    },
    offer: (id) => view.offers.get(HashText.parse(id)),
    mayUse: dataUses(ledger),
    foreign: async () => writes().foreign(),
    anchored: () => headOf(view, account),
    async book({ belt, root, count, deadline, maxCost }, options) {
      const hashes = { belt: HashText.parse(belt), root: HashText.parse(root) };
      await writes().book({ ...hashes, count, deadline, maxCost }, options);
    },
    isBeingBooked: (root) => writes().isBeingBooked(HashText.parse(root)),
    async report({ sheet, station, exceptions }) {
      await writes().together.report({ sheet: HashText.parse(sheet), station, exceptions });
    },
    frontier: () => ledger.frontierOf(account),
    async anchor({ size, root }, frontier) {
      const hashes = frontier.map((hash) => HashText.parse(hash));
      await writes().anchor({ size, root: HashText.parse(root), frontier: hashes });
    },
    async expire(sheet) {
      await writes().expire(HashText.parse(sheet));
    },
    async accept(sheet, stations) {
      await writes().together.accept({ sheet: HashText.parse(sheet), stations });
    },
    async settle(sheet, station) {
      await writes().settle({ sheet: HashText.parse(sheet), stations: [station] });
    },
    async dispute({ sheet, evidence, ...rest }) {
      await writes().dispute({ sheet: HashText.parse(sheet), evidence: HashText.parse(evidence), ...rest });
    },
    async lapse(sheet, station) {
      await writes().lapse({ sheet: HashText.parse(sheet), station });
    },
    acceptanceWindow: async () => writes().acceptanceWindow(),
    owed: () => owedTo(view, account),
    async withdraw() {
      await writes().withdraw();
    },
  };
}

function bookedSheet(sheet: Sheet): BookedSheet {
  const { id, belt, offers, consumer, root, count, deadline, settlements, expiry } = sheet;
  const get = (station: number): LedgerReport | undefined => {
    const at = finalAt(sheet, station);
    if (at === undefined) return undefined;
    return {
      at,
      settled: settlements[station] !== undefined,
      inDispute: inDispute(sheet).includes(station),
      statusOf: (number) => stationStatus(sheet, station, number),
    };
  };
  const reported = { get, has: (station: number) => isClosed(sheet, station) };
  return {
    sheet: id,
    belt: belt ?? undefined,
    offers,
    consumer,
    root,
    count,
    deadline,
    expired: expiry !== undefined,
    reported,
  };
}
