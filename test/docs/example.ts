import { createHash } from "node:crypto";
import { AbiCoder, keccak256 } from "ethers";
import {
  agreedKey,
  b64,
  detachedJws,
  jwe,
  jws,
  rawPublic,
  rfcKeys,
  thumbprintOf,
  withCiphertextBehind,
} from "../support/jose.ts";
import { MTH, PATH, PROOF } from "../support/rfc9162.ts";

/**
 * The worked example of docs/protocol.md, computed from the document's words with a hash, a curve and a cipher, and
 * none of the product's own code.
 */
type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");
const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;
const abi = (types: string[], values: unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/** Canonical JSON of the example's values: they have no numbers but whole ones. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

interface Field {
  readonly name: string;
  readonly value: Value | undefined;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

function fieldOf(secret: Uint8Array, name: string, value: Value | undefined): Field {
  const salt = sha256(Buffer.of(0, 0, 0, 1), secret, utf8(name)).subarray(0, 16);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(utf8(name).length);
  const digest =
    value === undefined
      ? sha256(Buffer.of(3), salt, length, utf8(name))
      : sha256(Buffer.of(2), salt, length, utf8(name), utf8(canonical(value)));
  return { name, value, salt, digest };
}

const commitmentOf = (fields: readonly Field[]): Buffer =>
  sha256(Buffer.of(4), ...fields.map(({ digest }) => digest).toSorted(Buffer.compare));

function itemOf(fields: readonly Field[], open: readonly string[]) {
  return {
    disclosed: fields
      .filter(({ name }) => open.includes(name))
      .map(({ name, salt, value }) => (value === undefined ? [name, b64(salt)] : [name, b64(salt), value])),
    withheld: fields.filter(({ name }) => !open.includes(name)).map(({ digest }) => b64(digest)),
  };
}

// --- the parties
const address = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
export const parties = {
  chainId: 31_337,
  bookings: address("b0"),
  consumer: address("c0"),
  registry: address("a1"),
  printer: address("a2"),
};
const {
  signing: consumerSigning,
  otherSigning: registrySigning,
  bob: registrySealing,
  alice: ephemeral,
} = rfcKeys;

// --- the documents
const title = (en: string) => ({ en });
const text = { type: "string" };
const ageOffer = {
  offer: "age-of-majority",
  version: "1.0.0",
  title: title("Tells whether a person is of age"),
  input: {
    type: "object",
    properties: { born: { type: "string", format: "date" } },
    required: ["born"],
    additionalProperties: false,
  },
  output: {
    type: "object",
    properties: { adult: { type: "boolean" } },
    required: ["adult"],
    additionalProperties: false,
  },
};
const letterOffer = {
  offer: "letter",
  version: "1.0.0",
  title: title("Writes a letter"),
  input: {
    type: "object",
    properties: { adult: { type: "boolean" }, name: text, nickname: text },
    required: ["adult", "name"],
    additionalProperties: false,
  },
  output: { type: "object", properties: { text }, required: ["text"], additionalProperties: false },
};
const offers = [ageOffer, letterOffer].map((document, index) => {
  const hash = hex(sha256(utf8(canonical(document))));
  const member = index === 0 ? parties.registry : parties.printer;
  return { hash, id: abi(["address", "bytes32"], [member, hash]) };
});
const [age, letter] = offers;
if (age === undefined || letter === undefined) throw new Error("the example has two offers");
const beltDocument = {
  belt: "letter-to-adults",
  version: "1",
  parent: null,
  title: title("A letter to adults"),
  case: {
    type: "object",
    properties: {
      person: {
        type: "object",
        properties: { born: { type: "string", format: "date" }, name: text },
        required: ["born", "name"],
      },
      nickname: text,
    },
    required: ["person"],
  },
  stations: {
    letter: {
      offer: letter.id,
      needs: { "/adult": "age#/adult", "/name": "case#/person/name", "/nickname": "case#/nickname" },
      when: "adult",
    },
    age: { offer: age.id, needs: { "/born": "case#/person/born" } },
  },
  result: { "/text": "letter#/text" },
};
const beltId = hex(sha256(utf8(canonical(beltDocument))));

// --- the cases
const persons = [
  { born: "1990-05-01", name: "Zoë Example" },
  { born: "2019-02-28", name: "Sam Sample" },
  { born: "1971-12-31", name: "Kim Specimen" },
];
const cases = persons.map((person, number) =>
  [
    ["/nickname", number === 2 ? "K." : undefined] as const,
    ["/person/born", person.born] as const,
    ["/person/name", person.name] as const,
  ].map(([name, value]) => fieldOf(Buffer.alloc(32, number + 1), name, value)),
);
const commitments = cases.map(commitmentOf);
const root = hex(MTH(commitments));
const sheet = abi(
  ["uint256", "address", "address", "bytes32"],
  [parties.chainId, parties.bookings, parties.consumer, root],
);

// --- the tray on case>age
const trayItems = cases.map((fields, number) => ({ case: number, ...itemOf(fields, ["/person/born"]) }));
const signedHeader = {
  v: 2,
  typ: "tray",
  alg: "EdDSA",
  b64: false,
  crit: ["b64"],
  kid: thumbprintOf(consumerSigning),
  aud: parties.registry,
  sheet,
  edge: "case>age",
  tray: 0,
};
const payload = JSON.stringify({ items: trayItems });
const signed = detachedJws(signedHeader, payload, consumerSigning);
const nonce = Buffer.from("000102030405060708090a0b", "hex");
const sealed = jwe(`${signed}\n${payload}`, {
  to: registrySealing,
  ephemeral,
  iv: nonce,
  kid: thumbprintOf(registrySealing),
});
const [sealHeader = "", , , ciphertext = "", tag = ""] = sealed.split(".");
const tray = withCiphertextBehind(sealed);
const trayHash = b64(sha256(tray));
const acknowledgement = {
  sheet,
  edge: "case>age",
  tray: 0,
  by: parties.registry,
  hash: trayHash,
  at: 1_767_225_600_000,
};
const acknowledged = jws(
  { typ: "ack", alg: "EdDSA", kid: thumbprintOf(registrySigning) },
  canonical(acknowledgement),
  registrySigning,
);

// --- the receipts of station age, and its log
const adults = [true, false, undefined];
const outputs = adults.map((adult, number) => [fieldOf(Buffer.alloc(32, 0x11 + number), "/adult", adult)]);
const ends = outputs.map((output, number) => ({
  in: { case: b64(commitments[number] ?? Buffer.alloc(0)) },
  out: number === 2 ? null : b64(commitmentOf(output)),
  status: number === 2 ? "failed" : "done",
  rules: "1.0.0",
  received: 1_767_225_600_010,
  finished: 1_767_225_600_020 + number,
}));
const receipts = ends.map((end, number) => ({ v: 1, sheet, case: number, station: "age", ...end }));
const leaves = receipts.map((receipt) => utf8(canonical(receipt)));
const leafHashes = leaves.map((leaf) => MTH([leaf]));
const onwards = [
  { case: 0, ...itemOf(outputs[0] ?? [], ["/adult"]), receipt: ends[0] ?? null },
  { case: 2, disclosed: [], withheld: [], receipt: ends[2] ?? null },
];

/** A report of one slot: four bits a case, the first case's the least significant. */
function reportOf(member: string, codes: readonly number[]): Record<string, string> {
  const word = codes.reduce((word, code, number) => word | (BigInt(code) << BigInt(4 * number)), 0n);
  return {
    [`slots of the ${member}'s report`]: "0",
    [`words of the ${member}'s report`]: `0x${word.toString(16).padStart(64, "0")}`,
  };
}

/** Every value of the example by its name in the document; JSON texts as they are hashed or signed. */
export const values: Readonly<Record<string, string>> = {
  "chain id": String(parties.chainId),
  Bookings: parties.bookings,
  consumer: parties.consumer,
  registry: parties.registry,
  printer: parties.printer,
  "consumer's signing key": hex(rawPublic(consumerSigning)),
  "consumer's kid": thumbprintOf(consumerSigning),
  "registry's signing key": hex(rawPublic(registrySigning)),
  "registry's kid": thumbprintOf(registrySigning),
  "registry's sealing key": hex(rawPublic(registrySealing)),
  "registry's sealing kid": thumbprintOf(registrySealing),
  "offer-document-age": canonical(ageOffer),
  "hash of the age offer": age.hash,
  "id of the age offer": age.id,
  "offer-document-letter": canonical(letterOffer),
  "hash of the letter offer": letter.hash,
  "id of the letter offer": letter.id,
  "belt-document": canonical(beltDocument),
  "belt id": beltId,
  ...Object.fromEntries(
    (cases[0] ?? []).flatMap(({ name, salt, digest }) => [
      [`salt of ${name}`, b64(salt)],
      [`digest of ${name}`, hex(digest)],
    ]),
  ),
  ...Object.fromEntries(
    commitments.map((commitment, number) => [`commitment of case ${number}`, hex(commitment)]),
  ),
  "manifest root": root,
  "sheet id": sheet,
  "signed-header": JSON.stringify(signedHeader),
  payload,
  jws: signed,
  "agreed key": hex(agreedKey(ephemeral, registrySealing)),
  nonce: hex(nonce),
  "seal-header": Buffer.from(sealHeader, "base64url").toString(),
  seal: `${sealHeader}..${b64(nonce)}..${tag}`,
  ciphertext,
  "tray hash": trayHash,
  "acknowledgement-payload": canonical(acknowledgement),
  acknowledgement: acknowledged,
  ...Object.fromEntries(
    outputs
      .slice(0, 2)
      .map((output, number) => [`commitment of output ${number}`, hex(commitmentOf(output))]),
  ),
  "receipt-0": canonical(receipts[0] ?? null),
  ...Object.fromEntries(leafHashes.map((hash, number) => [`hash of receipt ${number}`, hex(hash)])),
  "log root of 2": hex(MTH(leaves.slice(0, 2))),
  "log root of 3": hex(MTH(leaves)),
  "inclusion of receipt 0 in 3": PATH(0, leaves).map(hex).join(" "),
  "consistency of 2 and 3": PROOF(2, leaves).map(hex).join(" "),
  "items-onwards": JSON.stringify({ items: onwards }),
  ...reportOf("registry", [0, 0, 3]),
  ...reportOf("printer", [0, 1, 4]),
};

/** What the product's own code is held against. */
export const parts = { cases, commitments, sheet, trayItems, receipts, leaves, outputs, root, tray };
