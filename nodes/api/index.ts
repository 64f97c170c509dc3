export { createApiClient } from "./client.ts";
export type { NodeOperations } from "./operations.ts";
export type { ApiClientParts } from "./request.ts";
export * from "./schemas.ts";
export { type Api, type ApiParts, startApi } from "./server.ts";
