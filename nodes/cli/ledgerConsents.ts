import { Command } from "commander";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { printJson, printTable, short } from "./output.ts";
import { timeOf } from "./time.ts";

interface ConsentOptions extends LedgerOptions {
  readonly owner?: string;
  readonly grantee?: string;
}

/** `belt ledger consents`: who may use whose data, as far as the ledger says it. */
export function consentsCommand(): Command {
  const command = new Command("consents")
    .description(
      "List the consents: owners' accounts, grantees, expiries, and the salted commitments to sources and purposes. What these stand for is known to owner and grantee alone.",
    )
    .option("--owner <address>", "only those of one owner")
    .option("--grantee <name or address>", "only those that let one member use data")
    .action(async ({ owner, grantee, ...options }: ConsentOptions) => {
      const now = Date.now() / 1_000;
      const consents = await readLedger(options, async ({ view }) => {
        const { consentState } = await import("../../pipeline/index/index.ts");
        return [...view.consents.values()].flatMap((consent) => {
          const granteeName = view.profiles.get(consent.grantee)?.name ?? consent.grantee;
          if (owner !== undefined && owner.toLowerCase() !== consent.owner) return [];
          const named = grantee === granteeName || grantee?.toLowerCase() === consent.grantee;
          if (grantee !== undefined && !named) return [];
          const { id, source, purpose, expiry, nonce, granted, revoked, relayer } = consent;
          return [
            {
              ...{ consent: id, owner: consent.owner, grantee: consent.grantee, granteeName },
              ...{ source, purpose, state: consentState(consent, now) },
              ...{ expiry: expiry === undefined ? null : timeOf(expiry), nextNonce: nonce },
              grantedAt: granted === undefined ? null : timeOf(granted.at),
              revokedAt: revoked === undefined ? null : timeOf(revoked.at),
              relayer,
            },
          ];
        });
      });
      if (options.json) printJson({ consents });
      else {
        printTable(
          consents,
          [
            { title: "CONSENT", of: ({ consent }) => short(consent) },
            { title: "OWNER", of: ({ owner: account }) => account },
            { title: "GRANTEE", of: ({ granteeName }) => granteeName },
            { title: "SOURCE", of: ({ source }) => short(source) },
            { title: "PURPOSE", of: ({ purpose }) => short(purpose) },
            { title: "UNTIL", of: ({ expiry }) => expiry?.slice(0, 19) ?? "" },
            { title: "STATE", of: ({ state }) => state },
            { title: "NEXT", of: ({ nextNonce }) => nextNonce, align: "right" },
          ],
          "Nobody has consented to anything yet.",
        );
      }
    });
  return withExamples(
    withLedger(command),
    ["belt ledger consents", "every consent"],
    ["belt ledger consents --grantee bank --json", "what one member may use, for a program"],
  );
}
