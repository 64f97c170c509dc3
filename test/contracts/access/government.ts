import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { governed, inactive, type Rows, row } from "./row.ts";
import type { Scene } from "./scene.ts";

const everything = 0;

/** What only Governance itself calls, when it carries out what the members decided. */
const ownRules = (...args: readonly unknown[]) =>
  row(() => args, { others: "GovernorOnlyExecutor", decision: "ok" });

/** What the access contract lets only its administrators do: the members. */
const administered = (args: (scene: Scene) => readonly unknown[]) =>
  row(args, { others: "AccessManagerUnauthorizedAccount", decision: "ok" });

const voters = { ...inactive("VoteMissing"), others: "ok" };
const ballot = ({ proposals: { active } }: Scene) => [active.proposal, 1];
const parts = ({ targets, values, data, description }: Scene["proposals"]["active"]) => [
  ...[targets, values, data, description],
];
const admission = interfaces.Profiles.encodeFunctionData("admit", [`0x${"5e".repeat(20)}`, "newcomer", 1]);

/** How the members decide, who may call what, and the pause. */
export const governmentRows: Readonly<Record<string, Rows>> = {
  Governance: {
    propose: row(({ directory }) => [[directory], [0], ["0x"], "minutes-1"], {
      ...inactive("GovernorInsufficientProposerVotes"),
      others: "ok",
    }),
    castVote: row(ballot, voters),
    castVoteWithReason: row((scene) => [...ballot(scene), ""], voters),
    castVoteWithReasonAndParams: row((scene) => [...ballot(scene), "", "0x"], voters),
    // Who signed is whose vote it is, whoever brings it.
    castVoteBySig: row((scene) => [...ballot(scene), scene.address("member"), scene.signed.ballot], {
      others: "ok",
    }),
    castVoteWithReasonAndParamsBySig: row(
      (scene) => [...ballot(scene), scene.address("member"), "", "0x", scene.signed.extendedBallot],
      { others: "ok" },
    ),
    // What the members have decided needs nobody's leave any more.
    queue: row(({ proposals: { passed } }) => parts(passed), { others: "ok" }),
    execute: row(({ proposals: { queued } }) => parts(queued), { others: "ok" }),
    cancel: row(
      ({ proposals: { pending } }) => parts(pending),
      { others: "GovernorUnableToCancel", consumer: "ok" },
      ({ propose }) => propose(),
    ),
    relay: row(({ address }) => [address("member"), 0, "0x"], {
      ...{ others: "GovernorOnlyExecutor", decision: "ok" },
    }),
    setAccessManagerIgnored: row(({ directory }) => [directory, [], true], {
      ...{ others: "GovernorOnlyExecutor", decision: "ok" },
    }),
    setBaseDelaySeconds: ownRules(60),
    setProposalThreshold: ownRules(1),
    setVotingDelay: ownRules(60),
    setVotingPeriod: ownRules(60),
    updateQuorumNumerator: ownRules(1),
    updateSuperQuorumNumerator: ownRules(60),
    // It may hold what anybody sends; only the members can send that on, with relay.
    onERC721Received: row(({ address }) => [address("member"), address("member"), 1, "0x"], { others: "ok" }),
    onERC1155Received: row(({ address }) => [address("member"), address("member"), 1, 1, "0x"], {
      others: "ok",
    }),
    onERC1155BatchReceived: row(({ address }) => [address("member"), address("member"), [1], [1], "0x"], {
      others: "ok",
    }),
    receive: row(() => [], { others: "ok" }),
  },
  Access: {
    grantRole: administered(({ address }) => [1, address("member"), 0]),
    revokeRole: administered(({ address }) => [1, address("member")]),
    labelRole: administered(() => [1, "clerk"]),
    setGrantDelay: administered(() => [1, 60]),
    setRoleAdmin: administered(() => [1, 2]),
    setRoleGuardian: administered(() => [1, 2]),
    setTargetAdminDelay: administered(({ directory }) => [directory, 60]),
    setTargetClosed: administered(({ directory }) => [directory, true]),
    setTargetFunctionRole: administered(({ directory }) => [directory, ["0x12345678"], 1]),
    updateAuthority: administered(({ directory, contracts }) => [directory, contracts.Access]),
    // Nobody can give up another's role.
    renounceRole: row(({ address }) => [everything, address("member")], {
      ...{ others: "AccessManagerBadConfirmation", member: "ok" },
    }),
    execute: row(({ contracts }) => [contracts.Profiles, admission], {
      others: "AccessManagerUnauthorizedCall",
    }),
    schedule: row(({ contracts }) => [contracts.Profiles, admission, 0], {
      others: "AccessManagerUnauthorizedCall",
    }),
    cancel: row(
      ({ contracts, proposals: { queued } }) => [contracts.Governance, queued.targets[0], queued.data[0]],
      { others: "AccessManagerUnauthorizedCancel" },
    ),
    // Only a governed contract can, which it is asked about.
    consumeScheduledOp: row(({ contracts }) => [contracts.Governance, admission], {
      ...{ others: "no contract", decision: "FailedCall" },
    }),
    // Each of the calls is its caller's own.
    multicall: row(
      ({ address }) => [[interfaces.Access.encodeFunctionData("grantRole", [1, address("member"), 0])]],
      { others: "AccessManagerUnauthorizedAccount" },
    ),
  },
  Supervision: {
    movePause: row(() => [], { others: "NotSupervisor", supervisor: "ok" }),
    lift: governed(
      () => [],
      async ({ ledger }) => {
        for (const role of ["overseer", "deputy"] as const) await ledger.as(role).supervision.movePause();
      },
    ),
    setAuthority: governed(({ contracts }) => [contracts.Access]),
  },
};
