export { signAcknowledgement, verifyAcknowledgement } from "./acknowledgement.ts";
export { type Curve, type NamedKey, type OwnKeys, publicKey, type SignerKeys, thumbprint } from "./keys.ts";
export { openTray, sealTray, trayHash } from "./seal.ts";
export {
  Address,
  Item,
  mediaType,
  mostItemBytes,
  mostItems,
  mostPayloadBytes,
  mostTrayBytes,
  type OpenedTray,
  TrayName,
} from "./tray.ts";
