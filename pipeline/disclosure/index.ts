export { commitmentOf, fieldDigest, fieldSalt, saltBytes } from "./digest.ts";
export { commit, DigestText, Disclosure, disclose, type Fields, open, type Sealed } from "./disclosure.ts";
