import { communityChanged, communityFounded } from "./communities.ts";
import { connectionAccepted, connectionEnded, connectionRequested, requestEnded } from "./connections.ts";
import { consentGranted, consentRevoked } from "./consents.ts";
import { position, profileOf, refuse } from "./contradiction.ts";
import { casesDisputed, decisionGiven, disputeLapsed, disputeResolved } from "./disputes.ts";
import type { EventOf, LedgerEvent } from "./events.ts";
import { proposalCreated, proposalMoved, supervised, voteCast } from "./governance.ts";
import { keysRotated, kindsChanged, memberAdmitted, profilePublished, stands } from "./members.ts";
import { creditWithdrawn, stationSettled } from "./settle.ts";
import {
  offerBooked,
  productBooked,
  sheetBooked,
  sheetCancelled,
  sheetExpired,
  sheetReported,
  stationDeclined,
} from "./sheets.ts";
import {
  beltDeprecated,
  beltEndorsed,
  endorsementWithdrawn,
  stewardChanged,
  stewardProposed,
} from "./stewardship.ts";
import type { Tables } from "./tables.ts";

const noHash = `0x${"0".repeat(64)}`;
const nobody = `0x${"0".repeat(40)}`;

/** Changes the tables by one event. It refuses before it changes anything, so an event never counts in part. */
export function reduce(tables: Tables, event: LedgerEvent): void {
  switch (event.event) {
    case "AddressSet":
      addressSet(tables, event);
      break;
    case "MemberAdmitted":
      memberAdmitted(tables, event);
      break;
    case "MemberSuspended":
      stands(tables, event, "suspended");
      break;
    case "MemberReinstated":
      stands(tables, event, "active");
      break;
    case "MemberRemoved":
      stands(tables, event, "removed");
      break;
    case "MemberLeft":
      stands(tables, event, "left");
      break;
    case "KindsChanged":
      kindsChanged(tables, event);
      break;
    case "ProfilePublished":
      profilePublished(tables, event);
      break;
    case "KeysRotated":
      keysRotated(tables, event);
      break;
    case "OfferPublished":
      offerPublished(tables, event);
      break;
    case "OfferWithdrawn":
      offerWithdrawn(tables, event);
      break;
    case "OfferSuperseded":
      offerSuperseded(tables, event);
      break;
    case "BeltPublished":
      beltPublished(tables, event);
      break;
    case "SheetBooked":
      sheetBooked(tables, event);
      break;
    case "OfferBooked":
      offerBooked(tables, event);
      break;
    case "ProductBooked":
      productBooked(tables, event);
      break;
    case "SheetReported":
      sheetReported(tables, event);
      break;
    case "SheetCancelled":
      sheetCancelled(tables, event);
      break;
    case "StationDeclined":
      stationDeclined(tables, event);
      break;
    case "CasesDisputed":
      casesDisputed(tables, event);
      break;
    case "DecisionGiven":
      decisionGiven(tables, event);
      break;
    case "DisputeResolved":
      disputeResolved(tables, event);
      break;
    case "DisputeLapsed":
      disputeLapsed(tables, event);
      break;
    case "StationSettled":
      stationSettled(tables, event);
      break;
    case "CreditWithdrawn":
      creditWithdrawn(tables, event);
      break;
    case "SheetExpired":
      sheetExpired(tables, event);
      break;
    case "HeadAnchored":
      headAnchored(tables, event);
      break;
    case "ProposalCreated":
      proposalCreated(tables, event);
      break;
    case "VoteCast":
      voteCast(tables, event);
      break;
    case "ProposalQueued":
    case "ProposalExecuted":
    case "ProposalCanceled":
      proposalMoved(tables, event);
      break;
    case "PauseMoved":
    case "PauseBegun":
    case "PauseLifted":
      supervised(tables, event);
      break;
    case "CommunityFounded":
      communityFounded(tables, event);
      break;
    case "StewardAdded":
    case "StewardRemoved":
    case "CommunityJoined":
    case "CommunityLeft":
    case "BeltAdopted":
    case "BeltDropped":
    case "ChannelSet":
      communityChanged(tables, event);
      break;
    case "StewardProposed":
      stewardProposed(tables, event);
      break;
    case "StewardChanged":
      stewardChanged(tables, event);
      break;
    case "BeltDeprecated":
      beltDeprecated(tables, event);
      break;
    case "BeltEndorsed":
      beltEndorsed(tables, event);
      break;
    case "EndorsementWithdrawn":
      endorsementWithdrawn(tables, event);
      break;
    case "ConsentGranted":
      consentGranted(tables, event);
      break;
    case "ConsentRevoked":
      consentRevoked(tables, event);
      break;
    case "ConnectionRequested":
      connectionRequested(tables, event);
      break;
    case "ConnectionAccepted":
      connectionAccepted(tables, event);
      break;
    case "RequestDeclined":
    case "RequestWithdrawn":
      requestEnded(tables, event);
      break;
    case "ConnectionEnded":
      connectionEnded(tables, event);
      break;
  }
}

function addressSet(tables: Tables, { name, target, block }: EventOf<"AddressSet">): void {
  tables.directory.set(name, target);
  if (target === nobody) return;
  const known = tables.contracts.get(target);
  if (known?.names.has(name)) return;
  const names = new Map(known?.names).set(name, block);
  tables.contracts.set(target, { address: target, names });
}

function offerPublished(tables: Tables, event: EventOf<"OfferPublished">): void {
  if (tables.offers.get(event.id)) refuse(event, "the offer was published before");
  profileOf(tables, event, event.member);
  const { id, member, document, kind, price, deadlineSeconds, capacity, validUntil } = event;
  tables.offers.set(id, {
    id,
    member,
    document,
    kind,
    price,
    deadlineSeconds,
    capacity,
    validUntil,
    published: position(event),
    withdrawn: undefined,
    supersedes: undefined,
  });
}

function offerWithdrawn(tables: Tables, event: EventOf<"OfferWithdrawn">): void {
  const offer = tables.offers.get(event.id);
  if (!offer) refuse(event, "the offer is unknown");
  if (offer.withdrawn) refuse(event, "the offer was withdrawn before");
  tables.offers.set(event.id, { ...offer, withdrawn: position(event) });
}

function offerSuperseded(tables: Tables, event: EventOf<"OfferSuperseded">): void {
  const { former, id } = event;
  const offer = tables.offers.get(id);
  if (!offer || !tables.offers.get(former)) refuse(event, "the offer is unknown");
  if (offer.supersedes) refuse(event, "the offer superseded another before");
  tables.offers.set(id, { ...offer, supersedes: former });
}

function beltPublished(tables: Tables, event: EventOf<"BeltPublished">): void {
  const { belt, member, parent, offers } = event;
  if (tables.belts.get(belt)) refuse(event, "the belt was published before");
  const unknown = offers.find((offer) => !tables.offers.get(offer));
  if (unknown) refuse(event, `the offer ${unknown} is unknown`);
  tables.belts.set(belt, {
    id: belt,
    member,
    offers,
    parent: parent === noHash ? null : parent,
    published: position(event),
    steward: member,
    candidate: undefined,
    stewarded: position(event),
    deprecated: undefined,
    successor: null,
    endorsements: new Map(),
  });
}

function headAnchored(tables: Tables, event: EventOf<"HeadAnchored">): void {
  profileOf(tables, event, event.member);
  const { size, root } = event;
  tables.heads.append(event.member, { size, root, anchored: position(event) });
}
