export type { Alarm } from "./alarm.ts";
export { defineStation, type FunctionDefinition } from "./defineFunction.ts";
export { defineHttpStation, type HttpDefinition } from "./defineHttp.ts";
export { defineHumanStation, type HumanDefinition } from "./defineHuman.ts";
export { defineSqlStation, type SqlDefinition } from "./defineSql.ts";
export { defineTimerStation, type TimerContext, type TimerDefinition } from "./defineTimer.ts";
export type { HttpRequest } from "./httpRequest.ts";
export type { HttpDependencies } from "./httpService.ts";
export { loadStation } from "./load.ts";
export { offerDocumentOf } from "./offer.ts";
export { checkOutput, outputSchemaOf } from "./outputCheck.ts";
export { type IsolatedStation, isolate } from "./process/isolate.ts";
export type { PrintedLine } from "./process/messages.ts";
export type { ProcessEnd } from "./process/stationProcess.ts";
export { outcomeOf } from "./reason.ts";
export { checkedOutcome, type WorkOptions, workOn } from "./run.ts";
export { type CommonSettings, commonSettings } from "./settings.ts";
export type { Row, Rows, SqlValue } from "./sqlStatement.ts";
export {
  type DataUse,
  isUnprocessable,
  type Json,
  type JsonObject,
  type Outcome,
  type Resumed,
  type Station,
  type StationContract,
  type StationKind,
  Unprocessable,
  type WorkContext,
} from "./station.ts";
