export const taskQueue = "chain";

/** Tasks of each kind that a process has in hand at one time: the SDK's default for activities. */
export const concurrency = 100;
