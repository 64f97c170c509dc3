/** The queue of a step, from 1. */
export const queueName = (step: number): string => `step-${step}`;

/** Jobs that a worker has in hand at one time. Its documentation shows 50; this machine does more with 100. */
export const concurrency = 100;

/** Finished jobs go at once, so that Redis does not grow. */
export const jobOptions = { removeOnComplete: true } as const;
