export { readKeyFiles, writeKeyFiles } from "./keyFiles.ts";
export { type KeyPair, keyPair } from "./keyPair.ts";
export { decrypt, Encrypted, encrypt, type Random } from "./passphrase.ts";
export { readPrivate, syncFolder, writePrivate } from "./privateFile.ts";
export { readToken, tokenFile } from "./token.ts";
