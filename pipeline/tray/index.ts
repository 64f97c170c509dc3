export { signAcknowledgement, verifyAcknowledgement } from "./acknowledgement.ts";
export {
  type Copies,
  type CopiesRequest,
  type GivenCopies,
  mostRequestBytes,
  openCopies,
  openCopiesRequest,
  signCopies,
  signCopiesRequest,
} from "./copies.ts";
export { type Failure, signFailure, verifyFailure } from "./failure.ts";
export { type Curve, type NamedKey, type OwnKeys, publicKey, type SignerKeys, thumbprint } from "./keys.ts";
export { type Item, type PlaceOf, PlaceText, writePayloads } from "./payload.ts";
export { nameOfTray, type OpenedTray, openTray, sealTray, trayHash } from "./seal.ts";
export { nextContext, type TraceContext, withTrace, writeTraceParent } from "./trace.ts";
export {
  Address,
  joseType,
  mostItemBytes,
  mostItems,
  mostPayloadBytes,
  mostTrayBytes,
  TrayName,
  trayType,
  trayVersions,
} from "./tray.ts";
