import { documentHash } from "../../../pipeline/belt/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { isLive, keysAt } from "../../../pipeline/index/index.ts";
import type { Config } from "../../config.ts";
import { type LedgerReader, openLedgerReader } from "../../ledger/index.ts";
import { loadStation, offerDocumentOf, type Station } from "../../stations/index.ts";
import { timeOf } from "../time.ts";
import type { Examination } from "./examination.ts";
import type { Keys } from "./machine.ts";

/** That the ledger answers, is the configured chain, and has the directory. */
export function checkLedger(examination: Examination, { ledger }: Config): Promise<LedgerReader | undefined> {
  return examination.check("ledger", async () => {
    const value = await openLedgerReader({ ...ledger, signal: AbortSignal.timeout(60_000) });
    const { chainId } = await value.verified();
    const { size } = value.view.profiles;
    return {
      value,
      sentence: `The ledger is chain ${chainId}, block ${value.view.head?.number ?? 0}, with ${size} members.`,
      advice:
        ledger.chainId === undefined
          ? "Name its chain id in the configuration, so that no other is taken for it."
          : undefined,
    };
  });
}

/** That this machine's clock and the ledger's agree. */
export function checkClocks(examination: Examination, reader: LedgerReader): Promise<undefined> {
  return examination.check("clock", async () => {
    const warning = reader.clockWarning();
    if (warning !== undefined) throw warning;
    return { value: undefined, sentence: "This machine's clock agrees with the ledger's." };
  });
}

/** What a member is told of its standing. */
const standings = {
  suspended: "is suspended",
  left: "is no member: it left",
  removed: "was removed",
} as const;

/** That the member is admitted under its name, and its profile has this node's URL and keys. */
export async function checkProfile(
  examination: Examination,
  { name, url }: Config,
  { reader: { view }, keys: { address, identity } }: { readonly reader: LedgerReader; readonly keys: Keys },
): Promise<void> {
  const profile = [...view.profiles.values()].find(({ member }) => member === address);
  await examination.check("admission", async () => {
    if (profile === undefined) {
      const other = view.memberByName.get(name);
      const taken = other === undefined ? "" : ` The name ${name} is that of ${other}.`;
      throw new BeltError("MEMBER_NOT_ADMITTED", `The account ${address} is not a member.${taken}`, {
        at: "name",
      });
    }
    if (profile.name !== name) {
      throw new BeltError(
        "CONFIG_INVALID",
        `The ledger knows this account as ${profile.name}, not as ${name}.`,
        { at: "name" },
      );
    }
    if (profile.standing !== "active") {
      const sentence = `${name} ${standings[profile.standing]} since ${timeOf(profile.since.at)}.`;
      throw new BeltError("MEMBER_INACTIVE", sentence, { at: "name" });
    }
    return { value: undefined, sentence: `${name} is a member.` };
  });
  if (profile === undefined) {
    examination.skip("profile", "Only a member has a profile.");
    return;
  }
  await examination.check("profile", async () => {
    const published = keysAt(view, profile.member);
    const differs = (what: string): BeltError =>
      new BeltError("PROFILE_OUTDATED", `The profile on the ledger has ${what}.`, { at: "url" });
    if (profile.url === undefined || published === undefined) throw differs("neither URL nor keys yet");
    if (profile.url !== url) throw differs(`the URL ${profile.url}, and this node has ${url}`);
    if (identity === undefined) {
      return { value: undefined, sentence: "The profile has this node's URL; its keys were not compared." };
    }
    const { signing, sealing } = identity;
    if (published.signingKey !== signing.raw || published.sealingKey !== sealing.raw)
      throw differs("other keys");
    return { value: undefined, sentence: "The profile has this node's URL and keys." };
  });
}

/** That every station loads with its settings. */
export async function checkStations(
  examination: Examination,
  { stations }: Config,
): Promise<readonly Station[]> {
  if (stations.length === 0) {
    examination.skip("stations", "The configuration has none; a consumer needs none.");
    return [];
  }
  const loaded: Station[] = [];
  for (const [place, { module, settings }] of stations.entries()) {
    const station = await examination.check(`station ${place + 1}`, async () => {
      const value = await loadStation(module, { settings });
      return { value, sentence: `${value.name} ${value.version} (${value.kind}) loads.` };
    });
    await station?.close?.();
    if (station !== undefined) loaded.push(station);
  }
  return loaded;
}

/** That every station is on offer as it is now. */
export async function checkOffers(
  examination: Examination,
  stations: readonly Station[],
  { reader: { view }, keys: { address } }: { readonly reader: LedgerReader; readonly keys: Keys },
): Promise<void> {
  const now = Date.now() / 1_000;
  for (const station of stations) {
    await examination.check(`offer of ${station.name}`, async () => {
      const document = documentHash(offerDocumentOf(station));
      const own = [...view.offers.values()].filter(
        (offer) => offer.member === address && offer.document === document,
      );
      const live = own.some((offer) => isLive(view, offer, now));
      return {
        value: undefined,
        sentence: live
          ? `${station.name} ${station.version} is on offer.`
          : `${station.name} ${station.version} is not on offer as it is now, so no belt can use it.`,
        advice: live ? undefined : `belt offer publish ${station.name} --price CREDITS --deadline 60s`,
      };
    });
  }
}
