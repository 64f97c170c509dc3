import { Command, Option } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { Config } from "../config.ts";
import type { Identity } from "../identity.ts";
import type { Ledger, ProfileUpdate } from "../ledger/index.ts";
import { settingsOf, withConfig, withExamples, withSettings } from "./command.ts";
import { print, printJson, styled } from "./output.ts";
import { perform, tellDryRun, type WritingOptions, withWriting } from "./write.ts";

interface JoinOptions extends WritingOptions {
  readonly config?: string;
  readonly passphraseFile?: string;
  readonly local?: true;
}

/** `belt join`: the member's own part of its profile, on the ledger. */
export function joinCommand(): Command {
  const command = withConfig(new Command("join").summary("publish this member's profile on the ledger"))
    .description(
      "Publish this member's profile on the ledger: its node's URL and its keys. The node must not run meanwhile; again after a change of the URL.",
    )
    .option(
      "--passphrase-file <file>",
      "the file with the keys' passphrase (BELT_PASSPHRASE: the passphrase itself)",
    )
    .addOption(
      new Option(
        "--local",
        "on a development chain, such as that of `belt up`: be given money, and admitted by the vote of its first account, whose key is public",
      ),
    )
    .action(async (options: JoinOptions) => {
      const [{ loadConfig }, { openIdentity }, { passphraseOf }] = await Promise.all([
        import("../config.ts"),
        import("../identity.ts"),
        import("./passphrase.ts"),
      ]);
      const flags = settingsOf({ ...options });
      const { config } = await loadConfig({
        file: options.config,
        folder: process.cwd(),
        env: process.env,
        flags,
      });
      const passphrase = await passphraseOf(config.data, options.passphraseFile);
      await join(config, await openIdentity(config.data, { passphrase }), options);
    });
  return withExamples(
    withSettings(withWriting(command), ["data", "ledger.url", "ledger.directory", "ledger.chainId", "url"]),
    ["belt join", "with ./belt.config.json, once the members have admitted the account"],
    ["belt join --dry-run", "only say what it would cost; the node may run meanwhile"],
    ["belt join --local", "on the network of `belt up`"],
  );
}

async function join(config: Config, identity: Identity, options: JoinOptions): Promise<void> {
  const { local, json, dryRun } = options;
  const [{ untilFinal }, { openLedger }, { writing }, { MemoryStore }, { openNodeStore }] = await Promise.all(
    [
      import("../api/index.ts"),
      import("../ledger/index.ts"),
      import("../operations/index.ts"),
      import("../store/index.ts"),
      import("../nodeStore.ts"),
    ],
  );
  // The node's own store knows which transactions are under way, and keeps a running node out. A dry run keeps nothing.
  const store = dryRun ? new MemoryStore() : await openNodeStore(config, { alone: true });
  const { signal } = new AbortController();
  try {
    const ledger = await openLedger({ ...config.ledger, store, wallet: identity.account });
    try {
      await ledger.caughtUp(undefined, { patient: false });
      if (local && dryRun && !ledger.view.profiles.has(identity.address)) {
        await tellAdmission(config, identity, { ledger, json });
        return;
      }
      if (local && !dryRun) await admit(config, identity, ledger);
      checkAdmission(config, identity, ledger);
      const publish = writing({ ledger, signal }, (update: ProfileUpdate, { ledger: to, options: told }) =>
        to.publishProfile(update, told),
      );
      const { signing, sealing } = identity;
      const update = { url: config.url, signingKey: signing.raw, sealingKey: sealing.raw };
      const written = await perform(untilFinal(publish, { signal }), update, options);
      if (written === undefined) return;
      const { transaction, block } = written;
      if (json)
        printJson({ member: identity.address, name: config.name, url: config.url, transaction, block });
      else {
        print(`${styled("bold", config.name)} is on the ledger: partners reach it at ${config.url}.`);
        print("Next: belt serve");
      }
    } finally {
      await ledger.close();
    }
  } finally {
    await store.close();
  }
}

async function admit(config: Config, identity: Identity, ledger: Ledger): Promise<void> {
  const { admitLocally } = await import("./localAdmission.ts");
  const block = await admitLocally(config, identity.address, ledger.view);
  await ledger.reached(block);
}

/** What a dry run says of an account that has to be admitted first: until then its profile cannot be tried out. */
async function tellAdmission(
  config: Config,
  { address }: Identity,
  { ledger, json }: { readonly ledger: Ledger; readonly json: true | undefined },
): Promise<void> {
  const { requireFreeName } = await import("./localAdmission.ts");
  const dryRun = async () => {
    requireFreeName(config, address, ledger.view);
    return { transactions: [{ what: "publish the profile", already: false }], escrow: "0" };
  };
  await tellDryRun(dryRun(), json);
  if (!json) print(`Before it, the local network's host has ${config.name} admitted, and pays for that.`);
}

function checkAdmission({ name }: Config, { address }: Identity, { view }: Ledger): void {
  const profile = view.profiles.get(address);
  if (profile === undefined) {
    throw new BeltError("MEMBER_NOT_ADMITTED", `The account ${address} is not a member yet.`, { at: "name" });
  }
  if (profile.name !== name) {
    const words = `The ledger knows this account as ${profile.name}, not as ${name}.`;
    throw new BeltError("CONFIG_INVALID", words, { at: "name" });
  }
}
