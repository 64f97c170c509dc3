import { createHash, diffieHellman, randomBytes, sign, verify } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { Wallet } from "ethers";
import fc from "fast-check";
import { calculateJwkThumbprint, importJWK } from "jose";
import { describe, expect, it } from "vitest";
import { createIdentity, describeIdentity, openIdentity } from "../../nodes/identity.ts";
import { keyPair, readToken } from "../../nodes/keys/index.ts";
import { temporaryFolder } from "../support/folder.ts";

/** The file of the keys, as it is changed here. */
interface Content {
  v: number;
  address: string;
  secrets: object;
  encrypted: { derivation: { n: number } };
}

const random = (size: number) => randomBytes(size);

describe("a key pair", () => {
  it("agrees with the published vectors of Ed25519 (RFC 8032, 7.1, and RFC 8037, A)", () => {
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const pair = keyPair("Ed25519", seed);
    expect(pair.raw).toBe("0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    expect(pair.kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    expect(sign(null, Buffer.alloc(0), pair.key).toString("hex")).toBe(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
  });

  it("agrees with the published vectors of X25519 (RFC 7748, 6.1)", () => {
    const alice = keyPair(
      "X25519",
      Buffer.from("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", "hex"),
    );
    expect(alice.raw).toBe("0x8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    const bob = keyPair(
      "X25519",
      Buffer.from("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "hex"),
    );
    expect(diffieHellman({ privateKey: alice.key, publicKey: bob.publicKey }).toString("hex")).toBe(
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
    );
  });

  it("has a JWK and a thumbprint that the JOSE library agrees with, whatever its seed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("Ed25519" as const, "X25519" as const),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (curve, seed) => {
          const { jwk, kid, raw, publicKey } = keyPair(curve, seed);
          expect(kid).toBe(await calculateJwkThumbprint(jwk));
          expect(raw).toBe(`0x${Buffer.from(jwk.x, "base64url").toString("hex")}`);
          expect(publicKey.export({ format: "jwk" })).toEqual({ kty: jwk.kty, crv: jwk.crv, x: jwk.x });
          await importJWK(jwk, curve === "Ed25519" ? "EdDSA" : "ECDH-ES");
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("an identity", () => {
  it.each([undefined, "correct horse"])("opens as it was made, with passphrase %s", async (passphrase) => {
    const folder = join(await temporaryFolder(), "data");
    const made = await createIdentity(folder, { passphrase, random });
    const opened = await openIdentity(folder, { passphrase });
    expect(opened.address).toBe(made.address);
    expect(opened.address).toBe(new Wallet(made.account.privateKey).address.toLowerCase());
    expect(opened.token).toBe(made.token);
    expect(await readToken(folder)).toBe(made.token);
    expect(Buffer.from(opened.secret)).toEqual(Buffer.from(made.secret));
    expect(opened.sealing.raw).toBe(made.sealing.raw);
    expect(
      verify(
        null,
        Buffer.from("x"),
        made.signing.publicKey,
        sign(null, Buffer.from("x"), opened.signing.key),
      ),
    ).toBe(true);
    expect(await describeIdentity(folder)).toMatchObject({
      address: made.address,
      encrypted: passphrase !== undefined,
    });
  });

  it("is readable by its owner alone, and nothing else is left", async () => {
    const folder = await temporaryFolder();
    await createIdentity(folder, { random });
    expect(await readdir(folder)).toEqual(["keys"]);
    expect((await readdir(join(folder, "keys"))).sort()).toEqual(["api-token", "identity.json"]);
    expect((await stat(join(folder, "keys"))).mode & 0o777).toBe(0o700);
    for (const file of ["api-token", "identity.json"]) {
      expect((await stat(join(folder, "keys", file))).mode & 0o777).toBe(0o600);
    }
  });

  it("draws every secret anew, and under a passphrase none of them is in its file", async () => {
    const folder = await temporaryFolder();
    const drawn: string[] = [];
    const { account } = await createIdentity(folder, {
      passphrase: "p",
      random: (size) => {
        const bytes = randomBytes(size);
        drawn.push(bytes.toString("base64url"));
        return bytes;
      },
    });
    const secrets = drawn.filter((text) => text.length === 43).slice(0, 4);
    expect(new Set(drawn).size).toBe(drawn.length);
    const text = await readFile(join(folder, "keys", "identity.json"), "utf8");
    for (const secret of [...secrets, account.privateKey.slice(2)]) expect(text).not.toContain(secret);
    expect(JSON.parse(text).encrypted.derivation).toMatchObject({ name: "scrypt", n: 131_072, r: 8, p: 1 });
  });

  it("is never overwritten", async () => {
    const folder = await temporaryFolder();
    const made = await createIdentity(folder, { random });
    const before = createHash("sha256")
      .update(await readFile(join(folder, "keys", "identity.json")))
      .digest("hex");
    await expect(createIdentity(folder, { random })).rejects.toMatchObject({ code: "KEYS_EXIST" });
    expect(await readdir(folder)).toEqual(["keys"]);
    const after = createHash("sha256")
      .update(await readFile(join(folder, "keys", "identity.json")))
      .digest("hex");
    expect(after).toBe(before);
    expect((await openIdentity(folder)).address).toBe(made.address);
  });

  it("is made by one of two that try at once", async () => {
    const folder = await temporaryFolder();
    const both = await Promise.allSettled([
      createIdentity(folder, { random }),
      createIdentity(folder, { random }),
    ]);
    const [made] = both.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await openIdentity(folder)).address).toBe(made?.address);
  });

  it("does not show its secrets when it is printed", async () => {
    const identity = await createIdentity(await temporaryFolder(), { random });
    const shown = `${inspect(identity, { depth: 9 })} ${JSON.stringify({ identity })}`;
    expect(shown).toContain(identity.address);
    expect(shown).not.toContain(identity.token);
    expect(shown).not.toContain(identity.account.privateKey.slice(2));
  });

  it("is not made of randomness that is none", async () => {
    const folder = await temporaryFolder();
    await expect(createIdentity(folder, { random: (size) => new Uint8Array(size) })).rejects.toThrow(
      RangeError,
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("keys that cannot be opened are named", () => {
  const file = (folder: string) => join(folder, "keys", "identity.json");
  const edit = async (folder: string, change: (content: Content) => void) => {
    const content = JSON.parse(await readFile(file(folder), "utf8"));
    change(content);
    await writeFile(file(folder), JSON.stringify(content));
  };

  it("missing", async () => {
    const folder = await temporaryFolder();
    await expect(openIdentity(folder)).rejects.toMatchObject({ code: "KEYS_MISSING", at: file(folder) });
    await expect(readToken(folder)).rejects.toMatchObject({ code: "KEYS_MISSING" });
  });

  it.each([
    { path: "keys/identity.json", mode: 0o640 },
    { path: "keys/identity.json", mode: 0o604 },
    { path: "keys/api-token", mode: 0o644 },
    { path: "keys", mode: 0o750 },
  ])("open to others: $path $mode", async ({ path, mode }) => {
    const folder = await temporaryFolder();
    await createIdentity(folder, { random });
    await chmod(join(folder, path), mode);
    await expect(openIdentity(folder)).rejects.toMatchObject({
      code: "KEYS_EXPOSED",
      at: join(folder, path),
    });
  });

  it("torn at any byte", async () => {
    const folder = await temporaryFolder();
    await createIdentity(folder, { random });
    const whole = await readFile(file(folder));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 3 }), async (length) => {
        await writeFile(file(folder), whole.subarray(0, length));
        await expect(openIdentity(folder)).rejects.toMatchObject({ code: "KEYS_DAMAGED" });
      }),
      { numRuns: 40 },
    );
    await writeFile(file(folder), whole);
    await writeFile(join(folder, "keys", "api-token"), "short");
    await expect(openIdentity(folder)).rejects.toMatchObject({ code: "KEYS_DAMAGED" });
  });

  it.each<[string, (content: Content) => void]>([
    [
      "another address",
      (content) => {
        content.address = `0x${"1".repeat(40)}`;
      },
    ],
    [
      "a key out of range",
      (content) => {
        content.secrets = { ...content.secrets, account: `${"_".repeat(42)}8` };
      },
    ],
    [
      "a key too short",
      (content) => {
        content.secrets = { ...content.secrets, signing: "AAAA" };
      },
    ],
    [
      "a newer version",
      (content) => {
        content.v = 2;
      },
    ],
  ])("changed: %s", async (_, change) => {
    const folder = await temporaryFolder();
    await createIdentity(folder, { random });
    await edit(folder, change);
    await expect(openIdentity(folder)).rejects.toMatchObject({ code: "KEYS_DAMAGED" });
  });

  it("under a passphrase that is missing, wrong, or whose file was changed", async () => {
    const folder = await temporaryFolder();
    await createIdentity(folder, { passphrase: "caf\u00e9", random });
    await expect(openIdentity(folder)).rejects.toMatchObject({ code: "PASSPHRASE_MISSING" });
    await expect(openIdentity(folder, { passphrase: "cafe" })).rejects.toMatchObject({
      code: "PASSPHRASE_WRONG",
    });
    // The same passphrase from a keyboard that composes the letter from two characters.
    await openIdentity(folder, { passphrase: "cafe\u0301" });
    const weaker = (content: Content) => {
      content.encrypted.derivation.n = 2 ** 16;
    };
    await edit(folder, weaker);
    await expect(openIdentity(folder, { passphrase: "caf\u00e9" })).rejects.toMatchObject({
      code: "PASSPHRASE_WRONG",
    });
    await edit(folder, (content) => {
      content.encrypted.derivation.n = 2 ** 30;
    });
    await expect(openIdentity(folder, { passphrase: "caf\u00e9" })).rejects.toMatchObject({
      code: "KEYS_DAMAGED",
    });
  });

  it("in a place where a folder cannot be", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "data", "keys"), "", { mode: 0o600 });
    await expect(createIdentity(join(folder, "data"), { random })).rejects.toMatchObject({
      code: "KEYS_EXIST",
    });
    await expect(openIdentity(join(folder, "data"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});
