import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Partner, Self } from "../../nodes/engine/index.ts";
import { fromBase64url, sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import { thumbprint } from "../../pipeline/tray/index.ts";

/** A member of every simulated consortium. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly partner: Partner;
  readonly self: Self;
  readonly keys: { readonly verifying: KeyObject; readonly sealing: KeyObject };
}

/** PKCS #8 of these keys (RFC 8410, section 7) is these bytes and the key's own. */
const pkcs8 = { ed25519: "302e020100300506032b657004220420", x25519: "302e020100300506032b656e04220420" };

function privateKey(curve: keyof typeof pkcs8, secret: string): KeyObject {
  const key = Buffer.concat([Buffer.from(pkcs8[curve], "hex"), sha256(utf8(secret))]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

function raw(key: KeyObject): string {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return toHex(fromBase64url(x));
}

function memberOf(name: string): Member {
  const signing = privateKey("ed25519", `${name} signs`);
  const sealing = privateKey("x25519", `${name} seals`);
  const address = toHex(sha256(utf8(name)).subarray(0, 20));
  const kids = { signing: thumbprint("Ed25519", raw(signing)), sealing: thumbprint("X25519", raw(sealing)) };
  const self: Self = {
    member: address,
    signer: { kid: kids.signing, key: signing },
    seals: (kid) => (kid === kids.sealing ? sealing : undefined),
    secret: sha256(utf8(`${name} salts`)),
  };
  const seal = { kid: kids.sealing, key: createPublicKey(sealing) };
  const partner = { member: address, active: true, url: name, seal };
  return { name, address, partner, self, keys: { verifying: createPublicKey(signing), sealing } };
}

/** Making keys takes longer than using them, and who a member is makes no difference: there are the same nine always. */
const all = ["north", "south", "east", "west", "up", "down", "left", "right", "centre"].map(memberOf);

export const mostMembers = all.length;

export const membersOf = (count: number): readonly Member[] => all.slice(0, count);

export const byName = (members: readonly Member[], name: string): Member => {
  const member = members.find((each) => each.name === name);
  if (member === undefined) throw new Error(`no member ${name}`);
  return member;
};

export const byAddress = (members: readonly Member[], address: string): Member | undefined =>
  members.find((member) => member.address === address);

export const bySigningKey = (members: readonly Member[], kid: string): Member | undefined =>
  members.find(({ self }) => self.signer.kid === kid);
