import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import type { BeltDetail, BeltTemplate, Offer } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { print } from "./output.ts";

interface ForkOptions extends NodeOptions {
  readonly as: { readonly belt: string; readonly version: string };
  readonly out?: string;
}

/** `belt belt fork`: a new belt to be changed, made from one that is published. */
export function forkCommand(): Command {
  const command = new Command("fork")
    .description("Write a belt that begins as another one: change it, check it, publish it.")
    .argument("<belt>", "the belt to fork: its id, a beginning of it, its name, or name@version")
    .requiredOption("--as <name@version>", "the name and version of the new belt", nameAndVersion)
    .option("--out <file>", "where to write it; standard output when it is left out")
    .action(async (given: string, { as, out, ...options }: ForkOptions) => {
      const [{ connect }, { findBelt }] = await Promise.all([import("./connect.ts"), import("./belt.ts")]);
      const node = await connect(options);
      const belt = await node.belt(await findBelt(node, given));
      const text = `${JSON.stringify(fork(belt, as, await node.offers({ mine: false })), null, 2)}\n`;
      if (out === undefined) {
        process.stdout.write(text);
        return;
      }
      await writeNew(out, text);
      print(`${out} forks ${belt.name}@${belt.version}. When it is changed: belt belt check ${out}`);
    });
  return withExamples(withNode(command), [
    "belt belt fork mortgage-nl --as my-mortgage@1.0 --out belt.json",
    "a belt of one's own",
  ]);
}

/** The belt's document with the new name, and offers by their names where a name means just that offer. */
function fork(belt: BeltDetail, as: ForkOptions["as"], offers: readonly Offer[]): BeltTemplate {
  const nameOf = (id: string): string => {
    const offer = offers.find((each) => each.offer === id);
    const same = offers.filter(
      ({ live, name, member }) => live && name === offer?.name && member === offer?.member,
    );
    return offer?.name !== undefined && offer.live && same.length === 1
      ? `${offer.memberName}/${offer.name}`
      : id;
  };
  const stations = Object.entries(belt.document.stations).map(([name, place]) => [
    name,
    { ...place, offer: nameOf(place.offer) },
  ]);
  return { ...belt.document, ...as, parent: belt.belt, stations: Object.fromEntries(stations) };
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const { BeltError } = await import("../../pipeline/errors.ts");
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const problem = exists
      ? "The file exists already; it is not overwritten."
      : "The file cannot be written.";
    throw new BeltError("FILE_UNREADABLE", problem, { at: file, cause });
  }
}

function nameAndVersion(text: string): ForkOptions["as"] {
  const [, belt, version] =
    /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)@([0-9A-Za-z][0-9A-Za-z.+-]{0,31})$/.exec(text) ?? [];
  if (belt === undefined || version === undefined) {
    throw new InvalidArgumentError("Use a name in lower case and a version, such as my-mortgage@1.0.");
  }
  return { belt, version };
}
