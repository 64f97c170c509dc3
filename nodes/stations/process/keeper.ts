import { spawn } from "node:child_process";

/**
 * Has a process end when this one does, whatever ends it. A station in an endless loop never notices by itself that
 * the node is gone; a shell that reads from a pipe does, and kills the station's group of processes.
 *
 * @returns what lets go of it, to be called when the process has ended
 */
export function endWithThisProcess(pid: number): () => void {
  if (process.platform === "win32") return () => {};
  const keeper = spawn("/bin/sh", ["-c", 'read -r _ || kill -9 "-$0"', String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.unref();
  // Without a shell, or when it is ended by somebody: the process goes on as it would without a keeper.
  keeper.on("error", () => {});
  keeper.stdin.on("error", () => {});
  return () => keeper.stdin.end("\n");
}
