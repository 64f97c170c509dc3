import { offerId } from "../../../nodes/ledger/identifiers.ts";
import type { ContractCall } from "../../../nodes/ledger/index.ts";
import { calls, sheetId } from "../../../nodes/ledger/index.ts";
import { allSlots, type Hash, reportedStatuses } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { addressOfMember, inSeconds, type TestChain, terms } from "./testChain.ts";

/** What there is to refer to on a branch of the chain, the newest first. */
export interface Branch {
  readonly offers: readonly { readonly id: Hash; readonly producer: number }[];
  readonly products: readonly { readonly id: Hash; readonly producer: number }[];
  readonly belts: readonly { readonly id: Hash; readonly producer: number }[];
  readonly sheets: readonly BookedSheet[];
}

interface BookedSheet {
  readonly id: Hash;
  readonly count: number;
  readonly producer: number;
  readonly consumer: number;
}

export const emptyBranch: Branch = { offers: [], products: [], belts: [], sheets: [] };

/** What a member does, in the words of the contracts. */
export interface Deed {
  readonly member: number;
  readonly call: ContractCall;
  /** What there is to refer to once it is done; the same as before when absent. */
  readonly after?: Branch;
}

/** Something that a member can do. */
export interface Doing {
  readonly branch: Branch;
  readonly member: number;
  /** Which of the newest it is about. */
  readonly pick: number;
  /** Never the same twice, also on two branches. */
  readonly number: number;
}

/** What is done with a sheet, when there is one. */
const ofSheet =
  (deed: (sheet: BookedSheet, doing: Doing) => Deed) =>
  (doing: Doing): Deed | undefined => {
    const sheet = picked(doing.branch.sheets, doing.pick);
    return sheet && deed(sheet, doing);
  };

function picked<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % Math.max(1, all.length)];
}

/** Everything that members do, by its name; undefined while there is nothing to do it with. */
export function createActs({ deployment }: TestChain) {
  const deadline = inSeconds(100_000);
  const firstDay = Math.floor(inSeconds(0) / 86_400) + 1;
  const idOf = (consumer: number, root: Hash) =>
    sheetId(deployment.chainId, deployment.contracts.Bookings, addressOfMember(consumer), root);

  const acts = {
    profile: ({ member, number }) => ({
      member,
      call: calls.publishProfile({
        url: `http://127.0.0.1/${number}`,
        signingKey: hashOf("sign", number),
        sealingKey: hashOf("seal", number),
      }),
    }),
    offer: ({ branch, member, number }) => {
      const offer = terms(`${number}`);
      const id = offerId(addressOfMember(member), offer.document);
      return {
        member,
        call: calls.publishOffer(offer),
        after: { ...branch, offers: [{ id, producer: member }, ...branch.offers] },
      };
    },
    withdrawOffer: ({ branch: { offers }, pick }) => {
      const offer = picked(offers, pick);
      return offer && { member: offer.producer, call: calls.withdrawOffer(offer.id) };
    },
    product: ({ branch, member, number }) => {
      const product = { ...terms(`${number}`), kind: "product" as const, capacity: 3 };
      const id = offerId(addressOfMember(member), product.document);
      return {
        member,
        call: calls.publishOffer(product),
        after: { ...branch, products: [{ id, producer: member }, ...branch.products] },
      };
    },
    supersede: ({ branch, number, pick }) => {
      const former = picked(branch.products, pick);
      if (former === undefined) return undefined;
      const product = { ...terms(`${number}`), kind: "product" as const, capacity: 2 };
      const id = offerId(addressOfMember(former.producer), product.document);
      return {
        member: former.producer,
        call: calls.publishOffer({ ...product, supersedes: former.id }),
        after: { ...branch, products: [{ id, producer: former.producer }, ...branch.products] },
      };
    },
    belt: ({ branch, member, number, pick }) => {
      const offer = picked(branch.offers, pick);
      const id = hashOf("belt", number);
      return (
        offer && {
          member,
          call: calls.publishBelt({ document: id, parent: null, offers: [offer.id] }),
          after: { ...branch, belts: [{ id, producer: offer.producer }, ...branch.belts] },
        }
      );
    },
    book: ({ branch, member, number, pick }) => {
      const belt = picked(branch.belts, pick);
      const [root, count] = [hashOf("root", number), pick === 0 ? 2 : 1 + (number % 200)];
      const sheet = belt && { id: idOf(member, root), count, producer: belt.producer, consumer: member };
      return (
        sheet && {
          member,
          call: calls.book({ belt: belt.id, root, count, deadline, maxCost: 1_000n }),
          after: { ...branch, sheets: [sheet, ...branch.sheets] },
        }
      );
    },
    bookOffer: ({ branch, member, number, pick }) => {
      const offer = picked(branch.offers, pick);
      const [root, count] = [hashOf("root", number), 1 + (number % 200)];
      const sheet = offer && { id: idOf(member, root), count, producer: offer.producer, consumer: member };
      return (
        sheet && {
          member,
          call: calls.bookOffer({ offer: offer.id, root, count, deadline, maxCost: 1_000n }),
          after: { ...branch, sheets: [sheet, ...branch.sheets] },
        }
      );
    },
    bookProduct: ({ branch, member, number, pick }) => {
      const product = picked(branch.products, pick);
      const root = hashOf("root", number);
      const stay = { firstDay: firstDay + (number % 40), dayCount: 1 + (number % 5), units: 1 + (pick % 2) };
      const count = stay.dayCount * stay.units;
      const sheet = product && {
        id: idOf(member, root),
        count,
        producer: product.producer,
        consumer: member,
      };
      return (
        sheet && {
          member,
          call: calls.bookProduct({ offer: product.id, root, ...stay, maxCost: 1_000n }),
          after: { ...branch, sheets: [sheet, ...branch.sheets] },
        }
      );
    },
    report: ofSheet(({ id: sheet, count, producer }, { number }) => {
      const status = reportedStatuses[1 + (number % (reportedStatuses.length - 1))] ?? "failed";
      const exceptions = new Map(number % 3 === 0 ? [[0, status]] : []);
      // In parts, or at once.
      const covered = number % 2 === 0 ? 1 : allSlots(count);
      return { member: producer, call: calls.report({ sheet, station: 0, covered, exceptions }) };
    }),
    accept: ofSheet(({ id: sheet, consumer }) => ({
      member: consumer,
      call: calls.accept({ sheet, stations: [0] }),
    })),
    dispute: ofSheet(({ id: sheet, consumer, count }, { number }) => ({
      member: consumer,
      call: calls.dispute({ sheet, station: 0, cases: [count - 1], evidence: hashOf("evidence", number) }),
    })),
    decide: ofSheet(({ id: sheet, count }, { member, pick }) => ({
      member,
      call: calls.resolve({ sheet, station: 0, upheld: pick % 2 === 0 ? [count - 1] : [] }),
    })),
    cancel: ofSheet(({ id, consumer }) => ({ member: consumer, call: calls.cancel(id) })),
    decline: ofSheet(({ id: sheet, producer }) => ({
      member: producer,
      call: calls.decline({ sheet, station: 0 }),
    })),
    withdraw: ({ member }) => ({ member, call: calls.withdraw() }),
    anchor: ({ member, number }) => ({
      member,
      call: calls.anchor({ size: number, root: hashOf("log", number) }),
    }),
  } satisfies Record<string, (doing: Doing) => Deed | undefined>;
  return acts;
}

export const actNames = [
  "profile",
  "offer",
  "withdrawOffer",
  "product",
  "supersede",
  "belt",
  "book",
  "bookOffer",
  "bookProduct",
  "report",
  "accept",
  "dispute",
  "decide",
  "cancel",
  "decline",
  "withdraw",
  "anchor",
] as const satisfies readonly (keyof ReturnType<typeof createActs>)[];
