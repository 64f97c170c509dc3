import { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { SignedStatement } from "../api/index.ts";
import { wholeNumber, withExamples } from "./command.ts";
import { commitTo, moment, type Opening, type TermOptions, withTerms } from "./consentTerms.ts";
import { printJson } from "./output.ts";

interface PlaceOptions {
  readonly keyFile: string;
  readonly deployment: string;
  readonly deadline?: number;
}

interface SignOptions extends TermOptions, PlaceOptions {
  readonly grantee: string;
  readonly until: number;
  readonly nonce: number;
}

/** A signed statement as commands write and read it: what opens its commitments may be with it. */
export interface StatementFile {
  readonly signed: SignedStatement;
  readonly opening?: Opening | undefined;
}

function withPlace(command: Command): Command {
  return command
    .requiredOption("--key-file <file>", "the owner's private key; nobody else may read the file")
    .requiredOption("--deployment <file>", "the deployment file: for which ledger it is signed")
    .option(
      "--deadline <time>",
      "until when it can be brought to the ledger: a time, or a duration; a week when left out",
      moment,
    );
}

/** `belt consent sign`: an owner's signature, made without a ledger, a node or money. */
export function signCommand(): Command {
  const command = withPlace(
    withTerms(
      new Command("sign")
        .description(
          "Sign a grant with an owner's key, offline: no node, no ledger, no money. Prints it as JSON, for the grantee or any member to relay; `opening` is for the grantee alone.",
        )
        .requiredOption("--grantee <address>", "the account of the member that may use the data")
        .requiredOption("--until <time>", "how long: a time, or a duration from now such as 30d", moment)
        .option("--nonce <number>", "the number of the grant; belt ledger consents shows it", wholeNumber, 0),
    ),
  ).action(async (options: SignOptions) => {
    const { grantee, until, nonce } = options;
    const [{ commitments, opening }, { signGrant }, { signer, domain, deadline }] = await Promise.all([
      commitTo(options),
      import("../ledger/index.ts"),
      openPlace(options),
    ]);
    const of = {
      owner: await addressText(signer.address),
      grantee: await addressText(grantee, "--grantee"),
      ...commitments,
      ...{ expiry: until, nonce, deadline },
    };
    printJson({ ...(await signGrant(signer, domain, of)), opening });
  });
  return withExamples(command, [
    "belt consent sign --key-file me.key --deployment deployment.json --grantee 0x7099… --source registry/income --purpose mortgage --until 90d > consent.json",
    "lets one member use one source for one purpose",
  ]);
}

/** `belt consent sign-revocation`: the signature that takes a signed grant back. */
export function signRevocationCommand(): Command {
  const command = withPlace(
    new Command("sign-revocation")
      .description(
        "Sign, offline, that a grant ends which was signed before. It does so whether that was relayed or not, and whatever number it has, up to its own.",
      )
      .argument("<grant>", "the file with the signed grant, or - for standard input"),
  ).action(async (file: string, options: PlaceOptions) => {
    const [{ signed }, { signRevocation }, { signer, domain, deadline }] = await Promise.all([
      readStatement(file),
      import("../ledger/index.ts"),
      openPlace(options),
    ]);
    const { AddressText, HashText } = await import("../../pipeline/index/index.ts");
    const { owner, grantee, source, purpose, nonce } = signed.of;
    if ((await addressText(signer.address)) !== owner) {
      throw new BeltError("INPUT_INVALID", `The key is not that of ${owner}, who signed the grant.`, {
        at: "--key-file",
      });
    }
    const about = { owner: AddressText.parse(owner), grantee: AddressText.parse(grantee) };
    const commitments = { source: HashText.parse(source), purpose: HashText.parse(purpose) };
    printJson(await signRevocation(signer, domain, { ...about, ...commitments, nonce, deadline }));
  });
  return withExamples(command, [
    "belt consent sign-revocation consent.json --key-file me.key --deployment deployment.json > revocation.json",
    "then any member relays it",
  ]);
}

/** The key, for which ledger it signs, and until when that counts. */
async function openPlace({ keyFile, deployment: file, deadline = moment("7d") }: PlaceOptions) {
  const [{ readKeyFile }, { readDeployment }, { statementDomain }] = await Promise.all([
    import("./keyFile.ts"),
    import("./deployment.ts"),
    import("../ledger/index.ts"),
  ]);
  const { chainId, contracts } = await readDeployment(file);
  const domain = statementDomain(chainId, contracts.Consents);
  return { signer: await readKeyFile(keyFile), domain, deadline };
}

async function addressText(text: string, at = ""): Promise<`0x${string}`> {
  const { AddressText } = await import("../../pipeline/index/index.ts");
  const address = AddressText.safeParse(text);
  if (address.success) return address.data;
  throw new BeltError("USAGE_INVALID", "Use an address: 0x and 40 hexadecimal digits.", { at });
}

/**
 * A signed statement from a file, or standard input for `-`; what opens its commitments stays here.
 *
 * @throws {BeltError} `FILE_UNREADABLE`, `JSON_INVALID`, `INPUT_INVALID`
 */
export async function readStatement(file: string): Promise<StatementFile> {
  const [{ SignedStatement: schema }, { readJson }, { parseWith }, { isObject }] = await Promise.all([
    import("../api/index.ts"),
    import("./input.ts"),
    import("../parse.ts"),
    import("../../pipeline/json.ts"),
  ]);
  const content = await readJson(file);
  if (!isObject(content)) {
    throw new BeltError("INPUT_INVALID", "A signed statement is a JSON object.", { at: `${file}#` });
  }
  const { opening: _, ...rest } = content;
  return { signed: parseWith(schema, rest, { at: `${file}#` }) };
}
