/** Connections to the database, of each process. Its default is 10; this machine does more with 20. */
export const poolSize = 20;

const nothing = (): void => {};

export const quiet = { info: nothing, debug: nothing, warn: nothing, error: nothing };
