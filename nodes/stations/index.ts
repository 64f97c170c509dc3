export type { Alarm } from "./alarm.ts";
export { defineStation, type FunctionDefinition } from "./define-function.ts";
export { defineHttpStation, type HttpDefinition } from "./define-http.ts";
export { defineHumanStation, type HumanDefinition } from "./define-human.ts";
export { defineSqlStation, type SqlDefinition } from "./define-sql.ts";
export { defineTimerStation, type TimerContext, type TimerDefinition } from "./define-timer.ts";
export type { HttpRequest } from "./http-request.ts";
export type { HttpDependencies } from "./http-service.ts";
export { loadStation } from "./load.ts";
export { offerDocumentOf } from "./offer.ts";
export { checkOutput, outputSchemaOf } from "./output-check.ts";
export { type WorkOptions, workOn } from "./run.ts";
export type { Row, Rows, SqlValue } from "./sql-statement.ts";
export {
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
