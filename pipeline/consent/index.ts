export { type ConsentCommitments, type ConsentTerms, commitToConsent } from "./commitment.ts";
