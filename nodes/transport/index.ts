export { createTransport, type TransportOptions } from "./client.ts";
export { Problem, problemOf, problemType } from "./problem.ts";
export { type PartnerFace, partnerRoutes } from "./server.ts";
