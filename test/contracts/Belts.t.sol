// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Belt} from "../../contracts/types/Belt.sol";
import {Checks} from "./support/Checks.sol";
import {Stewards} from "./support/Stewards.sol";

/// @title What holds of belts, whatever stewards and members do
contract BeltsTest is Checks {
    Stewards private _stewards;

    /// @dev What was seen after the last call: it never changes again.
    mapping(bytes32 belt => uint256) private _deprecatedAt;
    mapping(bytes32 belt => bytes32) private _successor;

    function setUp() external {
        _stewards = new Stewards();
    }

    /// @notice The runner calls only the stewards.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_stewards);
    }

    /// @notice Every belt is as the model says; it is endorsed by as many members as its record counts, and by none that
    /// publishes or answers for it; what is deprecated stays so; and whoever follows successors comes to an end.
    function invariantBelts() external {
        for (uint256 i = 0; i < _stewards.BELTS(); ++i) {
            bytes32 belt = _stewards.beltOf(i);
            if (!_isPublished(belt)) continue;
            Belt memory record = _stewards.belts().beltOf(belt);
            _checkEndorsements(belt, record);
            _checkSteward(belt, record);
            _checkSuccessors(belt);
        }
    }

    function _checkEndorsements(bytes32 belt, Belt memory record) private view {
        uint256 size = 0;
        for (uint256 j = 0; j <= _stewards.MEMBERS(); ++j) {
            address member = _stewards.member(j);
            bool endorses = _stewards.belts().isEndorsedBy(belt, member);
            require(endorses == _stewards.endorsed(belt, member), "another endorsement");
            if (!endorses) continue;
            ++size;
            require(member != record.steward && member != record.member, "its own belt");
        }
        _equal(record.endorsements, size, "endorsements");
    }

    function _checkSteward(bytes32 belt, Belt memory record) private {
        (address member, address steward, address candidate, bool deprecated, bytes32 successor,) = _stewards.models(belt);
        require(record.member == member && record.steward == steward, "another steward");
        require(_stewards.belts().stewardCandidateOf(belt) == candidate, "another candidate");
        require((record.deprecatedAt != 0) == deprecated && record.successor == successor, "another state");
        require(_deprecatedAt[belt] == 0 || _deprecatedAt[belt] == record.deprecatedAt, "it came back");
        require(_successor[belt] == 0 || _successor[belt] == record.successor, "another successor");
        (_deprecatedAt[belt], _successor[belt]) = (record.deprecatedAt, record.successor);
    }

    function _checkSuccessors(bytes32 belt) private view {
        uint256 steps = 0;
        while (_isPublished(belt)) {
            belt = _stewards.belts().beltOf(belt).successor;
            require(++steps <= _stewards.BELTS(), "successors lead in a circle");
        }
    }

    function _isPublished(bytes32 belt) private view returns (bool) {
        return _stewards.belts().offersOf(belt).length != 0;
    }
}
