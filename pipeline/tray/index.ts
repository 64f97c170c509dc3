export { type Curve, publicKey, thumbprint } from "./keys.ts";
export {
  type NamedKey,
  type OwnKeys,
  openTray,
  type SignerKeys,
  sealTray,
  signAcknowledgement,
  trayHash,
  verifyAcknowledgement,
} from "./seal.ts";
export {
  Acknowledgement,
  Address,
  EdgeName,
  Item,
  mediaType,
  mostItems,
  mostTrayBytes,
  type OpenedTray,
  Reason,
  TrayName,
} from "./tray.ts";
