// npx runs this too, before `npx belt` in a clone. If it failed under an old Node, npx would keep a broken installation
// and say nothing; the command itself says then which Node it needs.
import { execSync } from "node:child_process";

const [major] = process.versions.node.split(".").map(Number);
if (major >= 24) execSync("npm run --silent contracts", { stdio: "inherit" });
