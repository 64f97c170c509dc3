// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../../contracts/libraries/Statuses.sol";
import {Sheet, Station} from "../../../contracts/types/Sheet.sol";
import {Guests} from "./Guests.sol";
import {Quarrels} from "./Quarrels.sol";

/// @title Members that do what they like
/// @notice The functions are called in any order with any numbers. Every call that the rules forbid must be refused,
/// and every other one must do what the model does: an unexpected answer reverts.
contract Behaviour is Quarrels, Guests {
    using Statuses for uint256;

    /// @dev What a sheet's end is told with, so that it is taken back again.
    error Ended();

    /// @dev Whether a sheet is being ended; the runner could call itself what is not for it.
    bool private _ending;
    /// @dev The statuses that were seen before, with one added: 0 is never seen.
    mapping(bytes32 sheet => mapping(uint256 station => mapping(uint256 caseIndex => uint256))) private _seen;

    /// @notice Lets time pass: often a little, seldom so much that sheets expire, or that disputes lapse.
    function pass(uint32 any) external {
        // An hour is longer than the notice of a cancellation.
        uint256 long = any % 16 == 0 ? DECISION_LIMIT : any % 16 == 1 ? 1 hours : 0;
        time = time + long + (any % 8 == 0 ? 120 : any % 8);
    }

    /// @notice A member books a sheet, unless it booked the same manifest before.
    function book(uint256 anyMember, uint256 anyBelt, uint16 anyCount, uint16 moreSeconds, bytes32 root) external {
        CHEATS.warp(time);
        if (sheets.length == 12 || root == 0) return;
        uint256 belt = anyBelt % BELTS;
        address consumer = member(anyMember % MEMBERS);
        uint16 count = uint16(_within(anyCount, 1, 1024));
        uint40 deadline = uint40(time) + 60 + moreSeconds;
        bytes32 id = keccak256(abi.encode(block.chainid, address(bookings), consumer, root));
        uint256 cost = _priceOf(belt) * count;
        bool allowed = _booked[id].count == 0 && cost <= purse[consumer];
        bytes memory call = abi.encodeCall(bookings.book, (beltOf(belt), root, count, deadline, cost));
        if (!_try(consumer, call, allowed, "a second or unpaid booking")) return;
        require(bookings.sheetOf(id).count == count, "another id");
        sheets.push(id);
        _roots[id] = root;
        _booked[id] = Sheet(consumer, deadline, count, uint8(stationsOf(belt)), false, false);
        for (uint256 i = 0; i < stationsOf(belt); ++i) {
            _stations[id][i].price = uint128((i % PRODUCERS) + 1);
            _stations[id][i].member = member(i % PRODUCERS);
        }
        purse[consumer] -= cost;
        held += cost;
    }

    /// @notice What leads to a dispute, in its order, as it seldom is when everything is random: a sheet is booked,
    /// reported, disputed and accepted.
    function quarrel(uint256 anyMember, uint256 seed, uint8 rarity, bytes32 root) external {
        this.book(anyMember, seed % 2, uint16(seed % 100), 60, root);
        if (sheets.length == 0) return;
        uint256 last = sheets.length - 1;
        this.report(last, 0, seed, rarity, 2);
        this.dispute(last, 0, seed, rarity);
        this.settle(last, 0, 0, true, false);
    }

    /// @notice A member books a manifest again.
    function bookAgain(uint256 anySheet) external {
        (bytes32 sheet,) = _any(anySheet, 0);
        if (sheet == 0) return;
        bytes memory call =
            abi.encodeCall(bookings.book, (beltOf(0), _roots[sheet], 1, uint64(time) + 60, type(uint256).max));
        _try(_booked[sheet].consumer, call, false, "a second booking");
    }

    /// @notice A station reports everything or a part, if it still may; nobody else can.
    function report(uint256 anySheet, uint256 anyStation, uint256 seed, uint8 rarity, uint16 some) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        Sheet storage record = _booked[sheet];
        Station storage post = _stations[sheet][station];
        uint16 all = uint16((1 << Statuses.wordsFor(record.count)) - 1);
        // Mostly what is left, or a part of that; sometimes what was reported before.
        uint16 covered = some % 4 == 0 ? some : some % 4 == 1 ? all & ~post.covered & some : all & ~post.covered;
        Words memory list = _wordsIn(record.count, covered, seed, rarity);
        bytes memory call = abi.encodeCall(bookings.report, (sheet, station, covered, list.slots, list.words));
        _try(member((station + 2) % PRODUCERS), call, false, "a report by another member");
        bool fits = covered != 0 && covered & ~all == 0 && covered & post.covered == 0;
        if (record.product && _saysDoneAhead(sheet, covered, list)) fits = false;
        bool allowed = fits && post.closedAt == 0 && time <= record.deadline;
        if (!_try(post.member, call, allowed, "a second or late report")) return;
        post.covered |= covered;
        post.done += uint16(_casesOf(record.count, covered));
        if (post.covered == all) post.closedAt = uint64(time);
        for (uint256 i = 0; i < list.slots.length; ++i) {
            _words[sheet][station][list.slots[i]] = list.words[i];
            for (uint256 place = 0; place < 64; ++place) {
                if (list.words[i].statusAt(place) != Statuses.DONE) --post.done;
            }
        }
    }

    /// @notice A station reports what it may not: a status that there is not, or a case that there is not.
    function misreport(uint256 anySheet, uint256 anyStation, uint256 anyCase, uint8 anyStatus) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        uint256 place = anyCase % 1088;
        uint256 status = place < _booked[sheet].count ? _within(anyStatus, 6, 15) : _within(anyStatus, 1, 15);
        Words memory list = _one(place, uint8(status));
        uint16 covered = uint16(1 << (place / 64));
        bytes memory call = abi.encodeCall(bookings.report, (sheet, station, covered, list.slots, list.words));
        _try(_stations[sheet][station].member, call, false, "a false report");
    }

    /// @notice A consumer cancels a sheet; nobody else can.
    function cancel(uint256 anySheet) external {
        (bytes32 sheet,) = _any(anySheet, 0);
        if (sheet == 0) return;
        Sheet storage record = _booked[sheet];
        bytes memory call = abi.encodeCall(bookings.cancel, (sheet));
        _try(record.consumer == member(0) ? member(1) : member(0), call, false, "a cancellation by somebody else");
        uint40 deadline = uint40(time) + 1 hours;
        if (!_try(record.consumer, call, deadline < record.deadline, "a late cancellation")) return;
        record.deadline = deadline;
        _freeAfter(sheet, deadline);
    }

    /// @notice A station declines what it has not reported; nobody else can.
    function decline(uint256 anySheet, uint256 anyStation) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        Station storage post = _stations[sheet][station];
        bytes memory call = abi.encodeCall(bookings.decline, (sheet, station));
        _try(member((station + 2) % PRODUCERS), call, false, "a decline by another member");
        bool allowed = post.closedAt == 0 && time <= _booked[sheet].deadline;
        if (!_try(post.member, call, allowed, "a late decline")) return;
        post.closedAt = uint64(time);
        post.settled = post.covered == 0;
        _freeAfter(sheet, time);
        uint256 rest = _booked[sheet].count - _coveredCases(sheet, station);
        _release(_booked[sheet].consumer, rest * post.price);
    }

    function expire(uint256 anySheet) external {
        (bytes32 sheet,) = _any(anySheet, 0);
        if (sheet == 0) return;
        Sheet storage record = _booked[sheet];
        uint256 refund = 0;
        for (uint256 i = 0; i < record.stations; ++i) {
            if (_stations[sheet][i].closedAt != 0) continue;
            refund += (record.count - _coveredCases(sheet, i)) * _stations[sheet][i].price;
        }
        bool allowed = time > record.deadline && refund != 0 && !record.expired;
        if (!_try(member(MEMBERS), abi.encodeCall(bookings.expire, (sheet)), allowed, "an expiry")) return;
        record.expired = true;
        _release(record.consumer, refund);
    }

    /// @notice Somebody settles one or two stations: the consumer at once, anybody after the window.
    function settle(uint256 anySheet, uint256 anyStation, uint256 anyMember, bool accepts, bool two) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        Sheet storage record = _booked[sheet];
        uint8 other = two ? uint8((uint256(station) + 1) % record.stations) : station;
        uint32 stations = uint32((1 << station) | (1 << other));
        address account = accepts ? record.consumer : member(anyMember % (MEMBERS + 1));
        bool allowed = _canSettle(sheet, station, accepts) && _canSettle(sheet, other, accepts);
        bytes memory call =
            accepts ? abi.encodeCall(bookings.accept, (sheet, stations)) : abi.encodeCall(bookings.settle, (sheet, stations));
        if (accepts) {
            _try(record.consumer == member(0) ? member(1) : member(0), call, false, "an acceptance by somebody else");
        }
        if (!_try(account, call, allowed, "a settlement")) return;
        _settled(sheet, station);
        if (other != station) _settled(sheet, other);
    }

    /// @notice Somebody withdraws what it is owed, member or not.
    function withdraw(uint256 anyMember) external {
        CHEATS.warp(time);
        address account = member(anyMember % (MEMBERS + 1));
        if (!_try(account, abi.encodeCall(bookings.withdraw, ()), owed[account] != 0, "a withdrawal")) return;
        purse[account] += owed[account];
        owed[account] = 0;
    }

    function anchor(uint256 anyMember, uint64 anySize, bool larger, bytes32 root) external {
        CHEATS.warp(time);
        if (root == 0) return;
        address account = member(anyMember % MEMBERS);
        uint64 size = larger ? logSize[account] + uint64(_within(anySize, 1, 1000)) : anySize % (logSize[account] + 1);
        CHEATS.prank(account);
        try receipts.anchor(size, root) {
            if (!larger) revert NotRefused("a head that did not grow");
            (logSize[account], logRoot[account]) = (size, root);
        } catch {
            if (larger) revert("a head was refused");
        }
    }

    /// @notice Somebody looks at a case: its status is what the model says, and never goes back.
    function look(uint256 anySheet, uint256 anyStation, uint256 anyCase) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        uint256 count = _booked[sheet].count;
        for (uint256 sample = 0; sample < 4; ++sample) {
            // Always the last one, and others that are seen again and again.
            uint256 caseIndex = sample == 0 ? count - 1 : ((anyCase % 8) * sample * 37) % count;
            uint256 status = bookings.statusOf(sheet, station, uint16(caseIndex));
            _equal(status, expected(sheet, station, caseIndex), "status");
            uint256 before = _seen[sheet][station][caseIndex];
            require(before == 0 || _follows(before - 1, status), "a status went back");
            _seen[sheet][station][caseIndex] = status + 1;
        }
    }

    /// @notice Whatever state a sheet is in: anybody can bring it to its end after bounded time, so that nothing of its
    /// price is held any more. It is taken back again, so that the others go on.
    function end(uint256 anySheet) external {
        (bytes32 sheet,) = _any(anySheet, 0);
        if (sheet == 0) return;
        _ending = true;
        try this.endNow(sheet) {
            revert("the end was not taken back");
        } catch (bytes memory reason) {
            // solhint-disable-next-line no-inline-assembly
            if (bytes4(reason) != Ended.selector) assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
        _ending = false;
    }

    /// @dev Ends a sheet as a stranger can, and reverts with Ended when all of it is owed or paid.
    function endNow(bytes32 sheet) external {
        if (!_ending) return;
        uint64 deadline = _booked[sheet].deadline;
        uint256 latest = (time > deadline ? time : deadline) + WINDOW + DECISION_LIMIT + 1;
        uint256 before = _owedToAll();
        uint256 inIt = _heldIn(sheet);
        CHEATS.warp(latest);
        // solhint-disable-next-line avoid-low-level-calls
        (bool expired,) = address(bookings).call(abi.encodeCall(bookings.expire, (sheet)));
        require(expired || _heldInRest(sheet) == 0, "what was not reported is held");
        uint32 unsettled = 0;
        for (uint8 i = 0; i < _booked[sheet].stations; ++i) {
            Station memory post = bookings.stationOf(sheet, i);
            if (post.covered != 0 && !post.settled) unsettled |= uint32(1 << i);
        }
        if (unsettled != 0) bookings.settle(sheet, unsettled);
        for (uint8 i = 0; i < _booked[sheet].stations; ++i) {
            if (bookings.stationOf(sheet, i).disputed != 0) bookings.lapse(sheet, i);
        }
        _equal(_owedToAll() - before, inIt, "what the sheet held is owed");
        revert Ended();
    }

    /// @dev What the model holds of a sheet.
    function _heldIn(bytes32 sheet) private view returns (uint256 sum) {
        sum = _heldInRest(sheet);
        for (uint256 i = 0; i < _booked[sheet].stations; ++i) {
            Station storage post = _stations[sheet][i];
            sum += uint256(post.price) * (post.settled ? post.disputed : _coveredCases(sheet, i));
        }
    }

    /// @dev What the model holds for what is not reported.
    function _heldInRest(bytes32 sheet) private view returns (uint256 sum) {
        if (_booked[sheet].expired) return 0;
        for (uint256 i = 0; i < _booked[sheet].stations; ++i) {
            Station storage post = _stations[sheet][i];
            if (post.closedAt == 0) sum += (_booked[sheet].count - _coveredCases(sheet, i)) * post.price;
        }
    }

    function _owedToAll() private view returns (uint256 sum) {
        for (uint256 i = 0; i < MEMBERS; ++i) sum += bookings.owedTo(member(i));
    }

    function _canSettle(bytes32 sheet, uint256 station, bool accepts) private view returns (bool) {
        uint256 finalAt = _finalAt(sheet, station);
        return finalAt != 0 && !_stations[sheet][station].settled && (accepts || time > finalAt + WINDOW);
    }

    function _settled(bytes32 sheet, uint256 station) private {
        Station storage post = _stations[sheet][station];
        post.settled = true;
        _release(post.member, uint256(post.price) * (post.done - post.disputed));
        _release(_booked[sheet].consumer, (_coveredCases(sheet, station) - post.done) * post.price);
    }

    /// @dev Whether a case can have one status after another.
    function _follows(uint256 before, uint256 status) private pure returns (bool) {
        if (before == status || before == Statuses.OPEN) return true;
        if (before == Statuses.DONE) return status == Statuses.DISPUTED || status == Statuses.UPHELD;
        return before == Statuses.DISPUTED && (status == Statuses.DONE || status == Statuses.UPHELD);
    }

    function _priceOf(uint256 belt) private pure returns (uint256 price) {
        for (uint256 i = 0; i < stationsOf(belt); ++i) price += (i % PRODUCERS) + 1;
    }
}
