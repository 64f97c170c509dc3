import type { System } from "../system.ts";
import { bullmq } from "./bullmq/index.ts";
import { dbos } from "./dbos/index.ts";
import { graphile } from "./graphile/index.ts";
import { temporal } from "./temporal/index.ts";

/** The systems that the conveyor belt is measured beside. */
export const peers: readonly System[] = [bullmq("everysec"), bullmq("always"), dbos, graphile, temporal];
