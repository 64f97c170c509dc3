/**
 * Runs a program that ends with this process's parent, whatever ends that: `node guard.ts USER PROGRAM ARGUMENT...`.
 * Standard input is a pipe from the parent; USER is the number of the user to run as, or `same`.
 */
import { spawn } from "node:child_process";

const [user = "same", program = "", ...args] = process.argv.slice(2);
const identity = user === "same" ? {} : { uid: Number(user), gid: Number(user) };
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], ...identity });
// The number of the program's process, for who measures it.
process.stderr.write(`pid ${child.pid}\n`);

let asked = false;
function end(): void {
  if (asked) return;
  asked = true;
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
}
process.stdin.once("end", end).once("error", end).resume();
process.on("SIGTERM", end);
process.on("SIGINT", () => {});
child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once("exit", (code) => process.exit(asked ? 0 : (code ?? 1)));
