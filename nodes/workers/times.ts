export interface WorkerTimes {
  /** Milliseconds between two beats. */
  readonly beat: number;
  /** Milliseconds after which a worker whose beat stands still is taken for dead. */
  readonly patience: number;
}

export const usual: WorkerTimes = { beat: 1_000, patience: 5_000 };
