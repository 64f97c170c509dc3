/**
 * Loaded before a program of the local network (`node --import`): standard input is a pipe from the process that
 * started it, and when that is gone, whatever ended it, the program is told to end as well.
 */
/** How long a program may take to end in good order once nobody is there any more, in milliseconds. */
const grace = 5_000;

function orphaned(): void {
  setTimeout(() => process.exit(1), grace).unref();
  process.kill(process.pid, "SIGTERM");
}

process.stdin.once("end", orphaned).once("error", orphaned).resume();
// It listens, but is no reason to stay.
process.stdin.unref();
