import { MaxUint256, ZeroHash } from "ethers";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { hash } from "../fixture.ts";
import { governed, inactive, type Rows, row } from "./row.ts";

const setAuthority = governed(({ contracts }) => [contracts.Access]);
const reporting = (sheet: string) => interfaces.Bookings.encodeFunctionData("report", [sheet, 0, 1, [], []]);
const consumerAlone = { others: "NotConsumer", consumer: "ok" };
const stationAlone = { others: "NotStationMember", producer: "ok" };

/** Booking takes the price: an active member that has not approved that does not get that far. */
const bookers = {
  ...inactive("NotActive"),
  ...{ others: "ERC20InsufficientAllowance", consumer: "ok", producer: "ok", steward: "ok" },
};

/** What is on offer, what is booked, and what is paid. */
export const marketRows: Readonly<Record<string, Rows>> = {
  Offers: {
    publish: row(({ soon }) => [hash(1_000_000), 1, 5, 60, 10, soon], {
      ...inactive("NotActive"),
      others: "ok",
    }),
    supersede: row(({ offers, soon }) => [offers.free, hash(1_000_000), 5, 60, 10, soon], {
      ...{ others: "NotOfferMember", producer: "ok" },
    }),
    withdraw: row(({ offers }) => [offers.free], { others: "NotOfferMember", producer: "ok" }),
  },
  Belts: {
    publish: row(({ offers }) => [hash(9), ZeroHash, [offers.booked]], {
      ...inactive("NotActive"),
      others: "ok",
    }),
    proposeSteward: row(({ belt, address }) => [belt, address("member")], {
      ...{ others: "NotSteward", steward: "ok" },
    }),
    acceptSteward: row(({ belt }) => [belt], { others: "NotStewardCandidate", supervisor: "ok" }),
    deprecate: row(({ belt, successor }) => [belt, successor], {
      ...inactive("NotActive"),
      ...{ others: "NotSteward", steward: "ok" },
    }),
    endorse: row(({ belt }) => [belt], {
      ...inactive("NotActive"),
      ...{ others: "ok", consumer: "EndorsementExists", steward: "OwnBelt" },
    }),
    withdrawEndorsement: row(({ belt }) => [belt], { others: "EndorsementUnknown", consumer: "ok" }),
  },
  Bookings: {
    book: row(({ belt, soon }) => [belt, hash(99), 3, soon, MaxUint256], bookers),
    bookOffer: row(({ offers, soon }) => [offers.free, hash(99), 3, soon, MaxUint256], bookers),
    bookProduct: row(
      ({ offers, tomorrow }) => [offers.product, tomorrow, 1, 1, hash(99), MaxUint256],
      bookers,
    ),
    bookWithPermit: row(
      ({ belt, soon, signed: { payment } }) => [
        ...[belt, hash(99), 3, soon, MaxUint256],
        { value: 1_000, deadline: soon, v: payment.v, r: payment.r, s: payment.s },
      ],
      // The signature is the member's.
      { ...bookers, member: "ok" },
    ),
    report: row(({ sheets }) => [sheets.open, 0, 1, [], []], stationAlone),
    decline: row(({ sheets }) => [sheets.open, 0], stationAlone),
    accept: row(({ sheets }) => [sheets.reported, 1], consumerAlone),
    cancel: row(({ sheets }) => [sheets.open], consumerAlone),
    dispute: row(({ sheets }) => [sheets.reported, 0, [0], [1n], hash(0xe71)], consumerAlone),
    resolve: row(({ sheets }) => [sheets.disputed, 0, [], []], { others: "NotSupervisor", supervisor: "ok" }),
    // Whoever falls silent, anybody can end it.
    settle: row(({ sheets }) => [sheets.unanswered, 1], { others: "ok" }),
    expire: row(({ sheets }) => [sheets.due], { others: "ok" }),
    lapse: row(({ sheets }) => [sheets.lapsed, 0], { others: "ok" }),
    withdraw: row(() => [], { others: "NothingOwed", producer: "ok" }),
    // Whoever calls several functions at once calls each of them.
    multicall: row(({ sheets }) => [[reporting(sheets.open)]], stationAlone),
  },
  Credit: {
    mint: governed(({ address }) => [address("member"), 1]),
    burn: governed(({ address }) => [address("left"), 1]),
    transfer: row(({ address }) => [address("consumer"), 1], { ...inactive("NotActive"), others: "ok" }),
    transferFrom: row(({ address }) => [address("consumer"), address("member"), 1], {
      ...{ others: "ERC20InsufficientAllowance", producer: "ok" },
    }),
    // An allowance moves nothing by itself.
    approve: row(({ address }) => [address("member"), 1], { others: "ok" }),
    permit: row(
      ({ address, soon, signed: { permit } }) => [
        ...[address("member"), address("consumer"), 5, soon, permit.v, permit.r, permit.s],
      ],
      { others: "ok" },
    ),
    setAuthority,
  },
};
