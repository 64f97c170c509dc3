import { Logger } from "graphile-worker";
import { z } from "zod";
import type { Application } from "../../work/item.ts";

export const taskName = (step: number): string => `step-${step}`;

export const quiet = new Logger(() => () => {});

/** An item as a job brings it. */
export const Item = z.custom<Application>((value) => typeof value === "object" && value !== null);
