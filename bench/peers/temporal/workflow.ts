import { proxyActivities } from "@temporalio/workflow";
import type { Application } from "../../work/item.ts";
import type * as activities from "./activities.ts";

const { step } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

/** A workflow an item: five activities, one after another. */
export async function chain(item: Application): Promise<Application> {
  let at = item;
  for (let i = 0; i < 5; i++) at = await step(at);
  return at;
}
