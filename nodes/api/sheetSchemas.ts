import { z } from "zod";
import { Bytes32, Name, Texts } from "../../pipeline/belt/index.ts";
import { statuses } from "../../pipeline/receipt/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { CaseNumber, Count, Data, Sentence, Time, Version } from "./values.ts";

/** How far a station is with the cases of a sheet: how many ended how, and how many are open. */
export const StationProgress = z.object({
  station: Name,
  member: Address,
  memberName: z.string(),
  done: Count,
  skipped: Count,
  unprocessable: Count,
  failed: Count,
  blocked: Count,
  open: Count,
});

export const SheetState = z.enum(["booking", "travelling", "finished", "expired"]);

export const Sheet = z.object({
  sheet: Bytes32,
  belt: z.object({ id: Bytes32, name: Name, version: Version, title: Texts }),
  count: Count,
  bookedAt: Time,
  deadline: Time,
  state: SheetState,
  stations: z.array(StationProgress),
});
export type Sheet = z.infer<typeof Sheet>;

/** What the stream of a sheet's events ends with. */
export const SheetEnd = z.object({ state: SheetState });

/** How a case stands at a station: `open` until the station's receipt is here, `expired` when none came in time. */
export const CaseStatus = z.enum(["open", ...statuses, "expired"]);

export const StationOutcome = z.object({
  status: CaseStatus,
  reason: Sentence.optional(),
  rules: Version.optional().describe("The version of the rules that the station applied."),
  receivedAt: Time.optional(),
  finishedAt: Time.optional(),
});

export const Case = z.object({
  case: CaseNumber,
  state: z.enum(["travelling", "done", "not done"]),
  result: Data.optional(),
  stations: z.record(Name, StationOutcome),
  reason: z
    .object({ station: Name, status: CaseStatus, text: Sentence })
    .optional()
    .describe("Why the case is not done: the first station that did not deliver."),
  seconds: z.number().nonnegative().optional().describe("From the booking to the result."),
});
export type Case = z.infer<typeof Case>;

/** One station ended one case. */
export const CaseEvent = z.object({ case: CaseNumber, station: Name, status: CaseStatus, at: Time });
export type CaseEvent = z.infer<typeof CaseEvent>;
