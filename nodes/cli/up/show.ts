import type { Step } from "../../network/index.ts";
import type { Progress } from "./progress.ts";

/** How `belt up` shows what happens: on a terminal, as plain lines, or not at all. */
export interface Show {
  /** A step of starting the network begins, is done, or failed. */
  step(step: Step): void;
  /** The steps are over, whether they all were done or not; resolves when that is shown. */
  stepsOver(): Promise<void>;
  /** Cases travel. */
  progress(progress: Progress): void;
  /** A sentence that matters while they do. */
  note(sentence: string): void;
  /** They have arrived. */
  arrived(): void;
}

export const silentShow: Show = {
  step: () => undefined,
  stepsOver: async () => undefined,
  progress: () => undefined,
  note: () => undefined,
  arrived: () => undefined,
};
