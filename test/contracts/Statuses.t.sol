// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../contracts/libraries/Statuses.sol";
import {Checks} from "./support/Checks.sol";

/// @title The packing of statuses, against the plainest way to do it
contract StatusesTest is Checks {
    using Statuses for uint256;

    /// @notice What is set is read back, and the neighbours stay.
    function testSetThenRead(uint256 word, uint8 anyPlace, uint8 anyStatus) external pure {
        uint256 place = anyPlace % 64;
        uint8 status = anyStatus % 16;
        uint256 changed = word.set(place, status);
        for (uint256 each = 0; each < 64; ++each) {
            _equal(changed.statusAt(each), each == place ? status : word.statusAt(each), "status");
        }
    }

    /// @notice A word is the sum of its statuses.
    function testRoundTrip(uint256 word) external pure {
        uint256 copy = 0;
        for (uint256 place = 0; place < 64; ++place) {
            copy = copy.set(place, word.statusAt(place));
        }
        _equal(copy, word, "word");
    }

    /// @notice Any word: what is refused is what is above expired, and the first of these is found.
    function testRefused(uint256 word) external pure {
        _checkRefused(word);
    }

    /// @notice Words that are in order but for one status, which may be in order too.
    function testRefusedOne(uint256 seed, uint8 anyPlace, uint8 anyStatus) external pure {
        uint256 word = _word(seed, 64, 2);
        _equal(word.refused(), 0, "refused");
        _checkRefused(word.set(anyPlace % 64, anyStatus % 16));
    }

    /// @notice Any word, full or nearly empty: as many exceptions as there are places that are not zero.
    function testExceptions(uint256 word, uint256 mask) external pure {
        _checkExceptions(word);
        _checkExceptions(word & mask);
        _checkExceptions(_word(word, 64, 8));
        _equal(uint256(0).exceptions(), 0, "none");
        _equal(type(uint256).max.exceptions(), 64, "all");
    }

    /// @notice Any word: the places that are not zero, and those that have a status, are marked with 1.
    function testMarks(uint256 word, uint256 mask, uint8 anyStatus) external pure {
        _checkMarks(word, anyStatus % 16);
        _checkMarks(word & mask, 0);
        _checkMarks(_word(word, 64, 3), anyStatus % 6);
    }

    /// @notice The first place that is not zero, with nothing or anything behind it.
    function testFirst(uint256 behind, uint8 anyPlace, uint8 anyStatus) external pure {
        uint256 place = anyPlace % 64;
        uint256 word = (behind << (4 * place)).set(place, uint8(_within(anyStatus, 1, 15)));
        _equal(word.first(), place, "first");
    }

    /// @notice As many words as it takes.
    function testWordsFor(uint16 count) external pure {
        uint256 words = Statuses.wordsFor(count);
        require(words * 64 >= count && (words == 0 || (words - 1) * 64 < count), "words for a count");
    }

    function _checkExceptions(uint256 word) private pure {
        uint256 count = 0;
        for (uint256 place = 0; place < 64; ++place) {
            if (word.statusAt(place) != Statuses.DONE) ++count;
        }
        _equal(word.exceptions(), count, "exceptions");
    }

    function _checkMarks(uint256 word, uint8 status) private pure {
        (uint256 marks, uint256 having) = (word.marks(), word.having(status));
        for (uint256 place = 0; place < 64; ++place) {
            _equal(marks.statusAt(place), word.statusAt(place) == 0 ? 0 : 1, "mark");
            _equal(having.statusAt(place), word.statusAt(place) == status ? 1 : 0, "having");
        }
    }

    function _checkRefused(uint256 word) private pure {
        uint256 refused = word.refused();
        uint256 firstRefused = 64;
        for (uint256 place = 64; place > 0; --place) {
            bool above = word.statusAt(place - 1) > Statuses.EXPIRED;
            require((refused.statusAt(place - 1) != 0) == above, "refused");
            if (above) firstRefused = place - 1;
        }
        if (firstRefused < 64) _equal(refused.first(), firstRefused, "first refused");
    }
}
