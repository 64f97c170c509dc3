import { Command } from "commander";
import type { Consent } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { readStatement, signCommand, signRevocationCommand } from "./consentSign.ts";
import { commitTo, moment, type TermOptions, withTerms } from "./consentTerms.ts";
import { withListing } from "./listing.ts";
import { type Column, print, printJson, short } from "./output.ts";
import { placesIn, placesOf } from "./places.ts";
import { timeOf } from "./time.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt consent`: who may use whose data. */
export function consentCommand(): Command {
  return withExamples(
    new Command("consent")
      .summary("sign, relay, grant, revoke, list consents")
      .description(
        "Consents: an owner of data lets a member use one source for one purpose, until an expiry or until it takes that back. The ledger holds salted commitments and no personal data.",
      ),
    ["belt consent relay consent.json", "bring to the ledger what a person signed"],
    ["belt consent list", "what this member granted, may use, or relayed"],
  )
    .addCommand(signCommand())
    .addCommand(signRevocationCommand())
    .addCommand(relayCommand())
    .addCommand(grantCommand())
    .addCommand(revokeCommand())
    .addCommand(listCommand());
}

function relayCommand(): Command {
  const command = new Command("relay")
    .description(
      "Bring to the ledger what an owner signed: a grant, or its revocation. This member pays for the transaction, and can change nothing.",
    )
    .argument("<file>", "the signed statement, or - for standard input")
    .action(async (file: string, options: NodeOptions & WritingOptions) => {
      const [{ signed }, { connect }] = await Promise.all([readStatement(file), import("./connect.ts")]);
      const node = await connect(options);
      const written = await perform(node.relayConsent, signed, { ...options, places: placesIn(file) });
      if (written === undefined) return;
      if (options.json) printJson(written);
      else print(`Consent ${written.consent} is ${signed.statement === "grant" ? "granted" : "revoked"}.`);
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt consent relay consent.json", "by this node's member"],
    ["belt consent relay consent.json --dry-run", "whether the signature holds, and what relaying costs"],
  );
}

const places = placesOf({ grantee: "--grantee", expiry: "--until" });

interface GrantOptions extends TermOptions, NodeOptions, WritingOptions {
  readonly grantee: string;
  readonly until: number;
}

function grantCommand(): Command {
  const command = withTerms(
    new Command("grant")
      .description("Let a member use data of this member itself. What was granted before is replaced.")
      .requiredOption("--grantee <name or address>", "the member that may use the data")
      .requiredOption("--until <time>", "how long: a time, or a duration from now such as 30d", moment),
  ).action(async (options: GrantOptions) => {
    const { grantee, until, json } = options;
    const [{ commitments, opening }, { connect }] = await Promise.all([
      commitTo(options),
      import("./connect.ts"),
    ]);
    const node = await connect(options);
    const grant = { grantee, ...commitments, expiry: timeOf(until) };
    const written = await perform(node.grantConsent, grant, { ...options, places });
    if (written === undefined) return;
    if (json) printJson({ ...written, opening });
    else {
      print(`Consent ${written.consent} is granted.`);
      print(`The grantee needs its salt, which only it may know: ${opening.salt}`);
    }
  });
  return withExamples(withWriting(withNode(command)), [
    "belt consent grant --grantee bank --source ledger/accounts --purpose audit --until 30d",
    "this member's own data",
  ]);
}

function revokeCommand(): Command {
  const command = new Command("revoke")
    .description(
      "End a consent of this member's own data, from the block on in which that lands, and with it what was signed and not relayed yet.",
    )
    .argument("<consent>", "its id, or a beginning of it")
    .action(async (given: string, options: NodeOptions & WritingOptions) => {
      const [{ connect }, { find }] = await Promise.all([import("./connect.ts"), import("./find.ts")]);
      const node = await connect(options);
      const consents = await node.consents();
      const id = await find(given, "consent", async () =>
        consents.map(({ consent }) => ({ id: consent, names: [] })),
      );
      const consent = consents.find((each) => each.consent === id);
      if (consent === undefined) throw await unknownConsent(given);
      const { grantee, source, purpose } = consent;
      const written = await perform(node.revokeConsent, { grantee, source, purpose }, options);
      if (written === undefined) return;
      if (options.json) printJson(written);
      else print(`Consent ${written.consent} is revoked.`);
    });
  return withExamples(withWriting(withNode(command)), [
    "belt consent revoke 0x51c2",
    "by the beginning of its id",
  ]);
}

const columns: readonly Column<Consent>[] = [
  { title: "CONSENT", of: ({ consent }) => short(consent) },
  { title: "OWNER", of: ({ owner }) => owner },
  { title: "GRANTEE", of: ({ granteeName }) => granteeName },
  { title: "SOURCE", of: ({ source }) => short(source) },
  { title: "PURPOSE", of: ({ purpose }) => short(purpose) },
  { title: "UNTIL", of: ({ expiry }) => expiry?.slice(0, 19) },
  {
    title: "STATE",
    of: ({ state }) => state,
    style: ({ state }) => (state === "granted" ? "green" : "dim"),
  },
];

function listCommand(): Command {
  const command = new Command("list").description(
    "List the consents of which this member is owner or grantee, and those that it relayed.",
  );
  const listing = withListing(command, {
    rows: (node) => node.consents(),
    as: "consents",
    columns,
    none: "There are no consents.",
  });
  return withExamples(listing, ["belt consent list", "newest last"]);
}

async function unknownConsent(given: string) {
  const { BeltError } = await import("../../pipeline/errors.ts");
  return new BeltError("NOT_FOUND", `This member has no consent ${given}.`);
}
