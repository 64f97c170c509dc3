/** The messages of the operator's API, by subject. What is exported here is in the API's description. */
export { Problem } from "../problem.ts";
export * from "./agreementSchemas.ts";
export * from "./beltSchemas.ts";
export * from "./bookingSchemas.ts";
export * from "./governanceSchemas.ts";
export * from "./nodeSchemas.ts";
export * from "./offerSchemas.ts";
export * from "./quarantineSchemas.ts";
export * from "./sheetSchemas.ts";
export * from "./taskSchemas.ts";
export * from "./transactionSchemas.ts";
