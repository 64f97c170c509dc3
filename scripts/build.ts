/**
 * Builds what the package has of its own: JavaScript, the types of what it exports, and the example belts' files.
 *
 *   node scripts/build.ts [FOLDER]
 *
 * FOLDER is `dist` when absent; what was there goes. The contracts' types must be there (`npm run contracts`).
 */
import { execFileSync } from "node:child_process";
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, "dist"));

await rm(folder, { recursive: true, force: true });
compile("tsconfig.build.json");
compile("tsconfig.types.json");
for await (const file of glob("belts/**/*.{json,md}", { cwd: root })) {
  const target = join(folder, file);
  await mkdir(dirname(target), { recursive: true });
  await (file.endsWith("members.json") ? copyMembers : cp)(join(root, file), target);
}

function compile(config: string): void {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", config, "--outDir", folder], {
    cwd: root,
    stdio: "inherit",
  });
}

/** In the package stations and sources are JavaScript: Node runs no TypeScript under node_modules. */
async function copyMembers(file: string, target: string): Promise<void> {
  const members = await readFile(file, "utf8");
  await writeFile(target, members.replaceAll('.ts"', '.js"'));
}
