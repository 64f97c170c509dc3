/** Builds the package into dist/: JavaScript with its types, and the files of the example belts. */
import { execFileSync } from "node:child_process";
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

await rm(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
for await (const file of glob("belts/**/*.{json,md}", { cwd: root })) {
  const target = join(dist, file);
  await mkdir(dirname(target), { recursive: true });
  if (!file.endsWith("members.json")) {
    await cp(join(root, file), target);
    continue;
  }
  // In the package stations and sources are JavaScript.
  const members = await readFile(join(root, file), "utf8");
  await writeFile(target, members.replaceAll('.ts"', '.js"'));
}
