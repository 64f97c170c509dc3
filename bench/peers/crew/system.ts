import type { RunningSystem, WorkProcess } from "../../system.ts";
import type { Crew } from "./crew.ts";

export interface CrewSystem {
  readonly version: string;
  /** What serves the crew. */
  readonly server: WorkProcess;
  /** Starts the workers. */
  crew(): Promise<Crew>;
  /** Hands in items; resolves when they are kept. */
  submit(crew: Crew, first: number, count: number): Promise<void>;
  /** Ends the server, and what is connected to it. */
  close(): Promise<void>;
}

/** A system whose work is done by a crew; where that cannot start, nothing of it is left. */
export async function runWithCrew(system: CrewSystem): Promise<RunningSystem> {
  try {
    const crew = await system.crew();
    const submit = (first: number, count: number): Promise<void> => system.submit(crew, first, count);
    return {
      version: system.version,
      processes: () => [...crew.processes, system.server],
      submit,
      progress: async () => crew.progress(),
      follow: (first, count) => crew.follow(first, count, () => submit(first, count)),
      verify: async () => crew.check(),
      async stop() {
        await crew.stop();
        await system.close();
      },
    };
  } catch (error) {
    await system.close();
    throw error;
  }
}
