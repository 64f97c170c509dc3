// Runs on every Node there is: it only looks at the version, and says in one sentence what to do.
import { realpathSync } from "node:fs";
import { basename, relative } from "node:path";

const [major] = process.versions.node.split(".").map(Number);
const { npm_command: asked = "", npm_lifecycle_event: script } = process.env;
// npx shows nothing of what the scripts say that it runs first: there the command says it itself.
const unheard = asked === "exec" && script === "preinstall";
if (major < 24 && !unheard) {
  console.error(
    `This needs Node 24 or newer and this is Node ${process.versions.node}: run it as npx -y -p node@24 -c "${command()}", or install Node 24 from https://nodejs.org.`,
  );
  process.exit(1);
}

/** What was asked for, in a form that also works inside npx: there a second npx would take the first one's options. */
function command() {
  const [, program = "", ...args] = process.argv;
  if (!basename(program).startsWith("require-node")) {
    return ["node", relative(process.cwd(), realpathSync(program)), ...args].join(" ");
  }
  return asked === "" || asked.startsWith("run") ? `npm run ${script ?? "check"}` : `npm ${asked}`;
}
