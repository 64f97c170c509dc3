export { createTransport, type TransportOptions } from "./client.ts";
export { type PartnerFace, partnerRoutes } from "./server.ts";
