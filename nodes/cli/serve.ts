import { setFlagsFromString } from "node:v8";
import { Command } from "commander";
import { settingsOf, withConfig, withExamples, withSettings } from "./command.ts";
import { print, styled } from "./output.ts";

export interface ServeOptions {
  readonly config?: string;
  readonly passphraseFile?: string;
}

/** `belt serve`: one node, until it is told to stop. */
export function serveCommand(): Command {
  const command = withConfig(new Command("serve").summary("run this member's node"))
    .description(
      "Run this member's node until it is told to stop (Ctrl-C or SIGTERM; a second one stops at once). Its log goes to standard error.",
    )
    .option(
      "--passphrase-file <file>",
      "the file with the keys' passphrase (BELT_PASSPHRASE: the passphrase itself)",
    )
    .action(async (options: ServeOptions) => serve(options));
  return withExamples(
    withSettings(command),
    ["belt serve", "with ./belt.config.json"],
    [
      "belt serve --config /etc/belt/acme.json --log-level warn",
      "with another configuration, and a quieter log",
    ],
  ).addHelpText(
    "after",
    '\nWhere standard output is no terminal, one line says when the node is ready:\n  {"url":"http://…","api":"http://…","member":"0x…"}',
  );
}

/**
 * How much, in percent of what is in use, the heap grows before it is swept: V8 has it grow to four times, so that a node
 * under a flood takes half as much again.
 */
const growth = 60;

async function serve(options: ServeOptions): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${growth}`);
  // V8 puts what is made where things once lived long into the old space from the start. In a node that is what a case
  // leaves, since a case outlives a sweep of the young space; then the old space is swept twice as often.
  setFlagsFromString("--no-allocation-site-pretenuring");
  const [{ loadConfig }, { openIdentity }, { passphraseOf }, { createLog }, { startNode }] =
    await Promise.all([
      import("../config.ts"),
      import("../identity.ts"),
      import("./passphrase.ts"),
      import("./log.ts"),
      import("../node.ts"),
    ]);
  const flags = settingsOf({ ...options });
  const { config, warnings } = await loadConfig({
    file: options.config,
    folder: process.cwd(),
    env: process.env,
    flags,
  });
  const identity = await openIdentity(config.data, {
    passphrase: await passphraseOf(config.data, options.passphraseFile),
  });
  const log = createLog(config.log.level, process.stderr);
  for (const warning of warnings) log.warn(warning);
  const stopping = new AbortController();
  stopOnSignals(stopping, () => log.error("Something does not let go; the node ends without it."));
  const node = await startNode({ config, identity, log, signal: stopping.signal });
  if (process.stdout.isTTY) {
    print(`${styled("bold", config.name)} is ready (${identity.address}).`);
    print(`Partners reach it at ${node.url}, its operator at ${node.apiUrl}. Ctrl-C stops it.`);
  } else {
    print(JSON.stringify({ url: node.url, api: node.apiUrl, member: identity.address }));
  }
  await node.stopped;
}

/**
 * How long a node may take to stop in good order, in milliseconds: it has to be gone after five seconds, and a busy
 * machine needs some of them to end it.
 */
const limit = 4_000;

/**
 * The first signal stops the node in good order, the second at once. One that does not come to its end by itself is
 * ended as well: what it has acknowledged is on the disk.
 */
function stopOnSignals(stopping: AbortController, late: () => void): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(exitCode);
      stopping.abort();
      setTimeout(() => {
        late();
        process.exit(exitCode);
      }, limit).unref();
    });
  }
}
