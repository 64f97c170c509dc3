import { generateKeyPairSync } from "node:crypto";
import { type Identity, openIdentity } from "../../nodes/identity.ts";
import type { MemberNode, Network } from "../../nodes/network/index.ts";
import { openNodeStore } from "../../nodes/nodeStore.ts";
import {
  type Item,
  mostTrayBytes,
  type OpenedTray,
  openTray,
  type TrayName,
  trayType,
} from "../../pipeline/tray/index.ts";
import { sealItems } from "./trayParts.ts";

/** Sends bytes to a node's partner face as a partner does, and gives its answer: the code of a refusal. */
export async function post(
  { url }: MemberNode,
  body: Uint8Array,
  type = trayType,
): Promise<{ readonly status: number; readonly code: string | undefined; readonly text: string }> {
  const response = await fetch(new URL("/v1/trays", url), {
    method: "POST",
    headers: { "content-type": type },
    body: Uint8Array.from(body),
  });
  const text = await response.text();
  const code = response.ok ? undefined : String(JSON.parse(text).code);
  return { status: response.status, code, text };
}

/** Whether a running node has sealed trays that nobody has acknowledged yet. */
export async function hasUnsent({ apiUrl, token }: MemberNode): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  const metrics = await (await fetch(new URL("/metrics", apiUrl), { headers })).text();
  return Number(/^belt_unsent_trays (\d+)$/m.exec(metrics)?.[1]) > 0;
}

/** The sealed trays that a member has ready for another, from its store. Its node must not run. */
export async function unsentTrays(from: MemberNode, to: MemberNode): Promise<readonly Uint8Array[]> {
  const store = await openNodeStore({ data: from.folder });
  try {
    const trays: Uint8Array[] = [];
    for await (const [, bytes] of store.entries({ prefix: `outbox/${to.address}/` })) {
      trays.push(Uint8Array.from(bytes));
    }
    return trays;
  } finally {
    await store.close();
  }
}

/** What a forger has to work with: a genuine tray, and everybody's keys. */
export interface Forge {
  readonly network: Network;
  readonly genuine: Uint8Array;
  readonly opened: OpenedTray;
  readonly consumer: Identity;
  readonly desk: Identity;
  readonly otherMember: Identity;
}

export async function openForge(network: Network, genuine: Uint8Array): Promise<Forge> {
  const [consumer, desk, otherMember] = await Promise.all(
    ["lender", "identity-desk", "student-loans"].map((name) => openIdentity(network.member(name).folder)),
  );
  if (consumer === undefined || desk === undefined || otherMember === undefined)
    throw new Error("Who is there?");
  const own = (kid: string) => (kid === desk.sealing.kid ? desk.sealing.key : undefined);
  const opened = await openTray(genuine, { own, signers: () => consumer.signing.publicKey });
  return { network, genuine, opened, consumer, desk, otherMember };
}

/** A number that the consumer has not used on this edge. */
const fresh = 1_000_000;

interface Change {
  readonly name?: Partial<TrayName>;
  readonly items?: readonly Item[];
  readonly signer?: { readonly kid: string; readonly key: Identity["signing"]["key"] };
  readonly aud?: string;
}

/** Signs and seals the genuine tray anew for the desk, with something changed: its number at least. */
export function forged({ opened, consumer, desk }: Forge, { name = {}, items, signer, aud }: Change = {}) {
  const { sheet, edge } = opened;
  return sealItems({ sheet, edge, tray: fresh, ...name }, items ?? opened.items, {
    signer: signer ?? consumer.signing,
    to: { kid: desk.sealing.kid, key: desk.sealing.publicKey, member: aud ?? desk.address },
  });
}

function changedValue({ items }: OpenedTray): readonly Item[] {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error("Every tray has an item.");
  const disclosed = first.disclosed.map(([name, salt]): [string, string, string] => [name, salt, "changed"]);
  return [{ ...first, disclosed }, ...rest];
}

function turned(bytes: Uint8Array, place: number): Uint8Array {
  const text = Buffer.from(bytes);
  const at = Math.floor(text.length * place);
  text[at] = text[at] === 65 ? 66 : 65;
  return text;
}

const stranger = generateKeyPairSync("ed25519").privateKey;

interface Refused {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly body: (forge: Forge) => Uint8Array | Promise<Uint8Array>;
  readonly to?: string;
  readonly type?: string;
}

/** Trays that no node may take, and how each is refused. */
export const refused: readonly Refused[] = [
  { what: "nothing", status: 400, code: "TRAY_INVALID", body: () => new Uint8Array() },
  { what: "what is no tray", status: 400, code: "TRAY_INVALID", body: () => Buffer.from("a.b.c.d.e") },
  {
    what: "another media type",
    status: 400,
    code: "TRAY_INVALID",
    body: ({ genuine }) => genuine,
    type: "text/plain",
  },
  {
    what: "too many bytes",
    status: 413,
    code: "TRAY_TOO_LARGE",
    body: () => Buffer.alloc(mostTrayBytes + 1, 65),
  },
  {
    what: "a changed byte",
    status: 400,
    code: "TRAY_SEAL_INVALID",
    body: ({ genuine }) => turned(genuine, 0.5),
  },
  {
    what: "a tray for another",
    status: 400,
    code: "TRAY_SEAL_INVALID",
    body: ({ genuine }) => genuine,
    to: "valuers",
  },
  {
    what: "a tray that was signed for another",
    status: 400,
    code: "TRAY_SEAL_INVALID",
    body: (forge) => forged(forge, { aud: forge.otherMember.address }),
  },
  {
    what: "a stranger's tray",
    status: 403,
    code: "TRAY_SENDER_UNKNOWN",
    body: (forge) => forged(forge, { signer: { kid: "nobody", key: stranger } }),
  },
  {
    what: "another's signature",
    status: 401,
    code: "TRAY_SIGNATURE_INVALID",
    body: (forge) => forged(forge, { signer: { kid: forge.consumer.signing.kid, key: stranger } }),
  },
  {
    what: "a member that the edge does not begin at",
    status: 403,
    code: "TRAY_EDGE_REFUSED",
    body: (forge) => forged(forge, { signer: forge.otherMember.signing }),
  },
  {
    what: "an edge that leads elsewhere",
    status: 403,
    code: "TRAY_EDGE_REFUSED",
    body: (forge) => forged(forge, { name: { edge: "case>valuation" } }),
  },
  {
    what: "a sheet that nobody booked",
    status: 425,
    code: "SHEET_UNKNOWN",
    body: (forge) => forged(forge, { name: { sheet: `0x${"0".repeat(64)}` } }),
  },
  {
    what: "a number that was used, with other bytes",
    status: 409,
    code: "TRAY_CONFLICT",
    body: (forge) => forged(forge, { name: { tray: forge.opened.tray } }),
  },
  {
    what: "a value that was not committed to",
    status: 422,
    code: "COMMITMENT_MISMATCH",
    body: (forge) => forged(forge, { items: changedValue(forge.opened) }),
  },
  {
    what: "a case twice",
    status: 400,
    code: "TRAY_INVALID",
    body: (forge) => forged(forge, { items: forge.opened.items.slice(0, 1).flatMap((item) => [item, item]) }),
  },
  {
    what: "why a case is not done, which is for its consumer alone",
    status: 400,
    code: "TRAY_INVALID",
    body: (forge) =>
      forged(forge, { items: forge.opened.items.map((item) => ({ ...item, reason: "Unknown." })) }),
  },
];
