export { createApiClient } from "./client.ts";
export { untilFinal } from "./followed.ts";
export type { GovernanceOperations } from "./governanceOperations.ts";
export { readMetrics } from "./metricsClient.ts";
export type { NodeOperations, UnderKey, WriteOptions, Writing } from "./operations.ts";
export type { ApiClientParts } from "./request.ts";
export * from "./schemas.ts";
export { type Api, type ApiParts, startApi } from "./server.ts";
