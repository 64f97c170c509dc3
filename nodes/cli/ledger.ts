import { Command } from "commander";
import { withExamples } from "./command.ts";
import { bookingsCommand } from "./ledgerBookings.ts";
import { connectionsCommand } from "./ledgerConnections.ts";
import { consentsCommand } from "./ledgerConsents.ts";
import { contributionCommand } from "./ledgerContribution.ts";
import { creditCommand } from "./ledgerCredit.ts";
import { communitiesCommand, pauseCommand, proposalsCommand } from "./ledgerGovernance.ts";
import { receiptsCommand } from "./ledgerReceipts.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { printJson, printTable, short } from "./output.ts";
import { timeOf } from "./time.ts";

/** `belt ledger`: what the shared ledger says, read from it and from nobody's node. */
export function ledgerCommand(): Command {
  return withExamples(
    new Command("ledger")
      .summary("profiles, offers, bookings, credit, receipts, consents, proposals; needs no node")
      .description(
        "Read the ledger itself: who is who, what is on offer, what was agreed, what was done and what was paid. Needs no node and no account.",
      ),
    ["belt ledger profiles --rpc http://127.0.0.1:8545 --directory 0x5fbd…", "the members"],
    ["belt ledger bookings --json", "every booking of the ledger that ./belt.config.json names"],
  )
    .addCommand(profilesCommand())
    .addCommand(offersCommand())
    .addCommand(bookingsCommand())
    .addCommand(creditCommand())
    .addCommand(receiptsCommand())
    .addCommand(consentsCommand())
    .addCommand(connectionsCommand())
    .addCommand(contributionCommand())
    .addCommand(proposalsCommand())
    .addCommand(communitiesCommand())
    .addCommand(pauseCommand());
}

function profilesCommand(): Command {
  const command = new Command("profiles")
    .description("List who is or was a member: names, kinds, standings, URLs and the keys that count now.")
    .action(async (options: LedgerOptions) => {
      const profiles = await readLedger(options, async ({ view }) => {
        const [{ keysAt }, { kindsOf }] = await Promise.all([
          import("../../pipeline/index/index.ts"),
          import("../../pipeline/governance/index.ts"),
        ]);
        return [...view.profiles.values()].map(({ member, name, kinds, standing, admitted, url }) => {
          const keys = keysAt(view, member);
          return {
            ...{
              member,
              name,
              kinds: kindsOf(kinds),
              standing,
              admittedAt: timeOf(admitted.at),
              url: url ?? null,
            },
            ...{ signingKey: keys?.signingKey ?? null, sealingKey: keys?.sealingKey ?? null },
            keysFromBlock: keys?.fromBlock ?? null,
          };
        });
      });
      if (options.json) printJson({ profiles });
      else {
        printTable(
          profiles,
          [
            { title: "MEMBER", of: ({ member }) => member },
            { title: "NAME", of: ({ name }) => name },
            { title: "KINDS", of: ({ kinds }) => kinds.join(", ") },
            { title: "STANDING", of: ({ standing }) => standing },
            { title: "ADMITTED", of: ({ admittedAt }) => admittedAt.slice(0, 19) },
            { title: "URL", of: ({ url }) => url ?? "not published yet" },
          ],
          "Nobody is a member yet.",
        );
      }
    });
  return withExamples(withLedger(command), [
    "belt ledger profiles --rpc http://127.0.0.1:8545 --deployment deployment.json",
    "by the deployment file",
  ]);
}

function offersCommand(): Command {
  const command = new Command("offers")
    .description(
      "List the offers, withdrawn ones included: prices, deadlines, capacities and documents' hashes.",
    )
    .option("--member <name or address>", "only those of one member")
    .action(async ({ member: only, ...options }: LedgerOptions & { readonly member?: string }) => {
      const now = Date.now() / 1_000;
      const offers = await readLedger(options, async ({ view }) => {
        const { isLive } = await import("../../pipeline/index/index.ts");
        return [...view.offers.values()].flatMap((offer) => {
          const { supersedes } = offer;
          const { id, member, document, kind, price, deadlineSeconds, capacity, validUntil, published } =
            offer;
          const memberName = view.profiles.get(member)?.name ?? member;
          if (only !== undefined && only.toLowerCase() !== member && only !== memberName) return [];
          return [
            {
              ...{
                offer: id,
                member,
                memberName,
                kind: kind === 1 ? "station" : "product",
                price: String(price),
              },
              ...{
                deadlineSeconds,
                capacity,
                validUntil: timeOf(validUntil),
                live: isLive(view, offer, now),
                document,
              },
              ...{ publishedAt: timeOf(published.at), transaction: published.transaction },
              supersedes: supersedes ?? null,
              withdrawnAt: offer.withdrawn === undefined ? null : timeOf(offer.withdrawn.at),
            },
          ];
        });
      });
      if (options.json) printJson({ offers });
      else {
        printTable(
          offers,
          [
            { title: "OFFER", of: ({ offer }) => short(offer) },
            { title: "MEMBER", of: ({ memberName }) => memberName },
            { title: "KIND", of: ({ kind }) => kind },
            { title: "PRICE", of: ({ price }) => price, align: "right" },
            { title: "SECONDS", of: ({ deadlineSeconds }) => deadlineSeconds, align: "right" },
            { title: "CASES", of: ({ capacity }) => capacity, align: "right" },
            { title: "VALID UNTIL", of: ({ validUntil }) => validUntil.slice(0, 10) },
            { title: "LIVE", of: ({ live }) => (live ? "yes" : "no") },
            { title: "DOCUMENT", of: ({ document }) => short(document) },
          ],
          "There are no offers.",
        );
      }
    });
  return withExamples(withLedger(command), ["belt ledger offers --member bank", "the offers of one member"]);
}
