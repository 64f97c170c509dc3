import { type Application, advance } from "../../work/item.ts";

/** What a step does; the same for each of them. */
export async function step(item: Application): Promise<Application> {
  return advance(item);
}
