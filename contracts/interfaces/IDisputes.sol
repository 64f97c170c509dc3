// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title What consumer and station do not agree on
/// @notice Within the acceptance window a consumer can dispute cases that a station reported as done. The other cases
/// are settled as usual; those in dispute wait for two supervisors that are no party to the booking and decide the
/// same, each by itself: what is upheld is refunded, the rest is paid. When they stay silent for 30 days after the
/// window, anybody ends the dispute, and the report stands.
interface IDisputes {
    /// @notice The consumer disputed cases that the station reported as done.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param evidence The hash of what shows it.
    /// @param slots The slots that hold a disputed case.
    /// @param words Of each slot 64 places of 4 bits: 1 for a disputed case.
    event CasesDisputed(
        bytes32 indexed sheet, uint8 indexed station, bytes32 indexed evidence, uint16[] slots, uint256[] words
    );
    /// @notice A supervisor decided a dispute. It takes effect when another one decides the same.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param supervisor Who decided; its latest decision counts.
    /// @param slots The slots that hold a case to be refunded.
    /// @param words Of each slot 64 places of 4 bits: 1 for a case to be refunded.
    event DecisionGiven(
        bytes32 indexed sheet, uint8 indexed station, address indexed supervisor, uint16[] slots, uint256[] words
    );
    /// @notice A dispute was decided: by the decision that was given right before, and for the second time.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param first The supervisor that decided first.
    /// @param second The supervisor that decided the same.
    /// @param paid What the member is owed since, for the cases whose dispute was dismissed.
    /// @param refunded What the consumer is owed since, for the cases whose dispute was upheld.
    event DisputeResolved(
        bytes32 indexed sheet,
        uint8 indexed station,
        address first,
        address second,
        uint256 paid,
        uint256 refunded
    );
    /// @notice No two supervisors decided in time: the report stands, and the member is owed what was disputed.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param paid What the member is owed since.
    event DisputeLapsed(bytes32 indexed sheet, uint8 indexed station, uint256 paid);

    /// @notice A dispute names cases.
    error NothingDisputed();
    /// @notice A dispute needs the hash of its evidence.
    error EvidenceMissing();
    /// @notice A place in the word is neither 0 nor 1.
    error WordInvalid(uint16 slot, uint256 word);
    /// @notice Only a case that the station reported as done, and that is not disputed yet, can be disputed.
    error CaseNotDone(uint256 caseIndex, uint8 status);
    /// @notice The acceptance window is over.
    error WindowOver(bytes32 sheet, uint8 station, uint64 end, uint64 time);
    /// @notice A supervisor does not decide where it is the consumer, or the member of a station of the sheet.
    error SupervisorIsParty(bytes32 sheet, address supervisor);
    /// @notice The station is settled first: until then the consumer may dispute more.
    error StationUnsettled(bytes32 sheet, uint8 station);
    /// @notice No case of the station is in dispute.
    error NoDispute(bytes32 sheet, uint8 station);
    /// @notice Only a case that is in dispute can be decided.
    error CaseNotDisputed(uint256 caseIndex, uint8 status);
    /// @notice The supervisors can still decide.
    error DisputeOpen(bytes32 sheet, uint8 station, uint64 end, uint64 time);

    /// @notice Disputes cases that a station reported as done; they are not paid until that is decided. More can be
    /// disputed later, within the acceptance window and until the station is settled.
    /// @dev Only the consumer.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param slots The slots that hold a disputed case, growing strictly.
    /// @param words Of each slot 64 places of 4 bits: 1 for a disputed case.
    /// @param evidence The hash of what shows it; whoever is to decide is shown that itself.
    function dispute(
        bytes32 sheet,
        uint8 station,
        uint16[] calldata slots,
        uint256[] calldata words,
        bytes32 evidence
    ) external;

    /// @notice Decides a dispute, once the station is settled: the cases in the words are refunded, the others in
    /// dispute are paid, as soon as two supervisors have decided the same. A later decision of a supervisor replaces
    /// its former one.
    /// @dev Only a supervisor that is neither the consumer nor the member of a station of the sheet.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param slots The slots that hold a case to be refunded, growing strictly; none when all are to be paid.
    /// @param words Of each slot 64 places of 4 bits: 1 for a case to be refunded.
    /// @return effective Whether the decision has taken effect.
    function resolve(bytes32 sheet, uint8 station, uint16[] calldata slots, uint256[] calldata words)
        external
        returns (bool effective);

    /// @notice Ends a dispute that no two supervisors decided within 30 days after the acceptance window: the report
    /// stands.
    /// @dev Anybody.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function lapse(bytes32 sheet, uint8 station) external;
}
