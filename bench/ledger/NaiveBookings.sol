// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Bookings as one would write them first: a record for every case
/// @notice The yardstick for the ledger's gas. A consumer books one case and pays it in; the provider accepts it, and
/// delivers the hash of its result; the consumer settles, which pays the provider.
contract NaiveBookings {
    using SafeERC20 for IERC20;

    enum Status {
        NONE,
        BOOKED,
        ACCEPTED,
        DELIVERED,
        SETTLED
    }

    struct Case {
        address consumer;
        address provider;
        uint128 price;
        uint64 deadline;
        Status status;
        bytes32 input;
        bytes32 result;
    }

    /// @notice What cases are paid in.
    IERC20 public immutable currency;
    /// @notice All cases.
    mapping(bytes32 id => Case) public cases;

    /// @notice A consumer booked a case.
    /// @param id The case.
    /// @param consumer Who booked.
    /// @param provider Who is to do the work.
    /// @param price What it costs.
    /// @param deadline The last second (Unix time) in which it may be delivered.
    event Booked(bytes32 indexed id, address indexed consumer, address indexed provider, uint128 price, uint64 deadline);
    /// @notice The provider took it on.
    /// @param id The case.
    event Accepted(bytes32 indexed id);
    /// @notice The provider delivered.
    /// @param id The case.
    /// @param result The hash of the result.
    event Delivered(bytes32 indexed id, bytes32 result);
    /// @notice The provider was paid.
    /// @param id The case.
    event Settled(bytes32 indexed id);

    /// @notice The case is in another state.
    error WrongStatus(bytes32 id, Status status);
    /// @notice This is for somebody else to do.
    error NotEntitled(bytes32 id, address account);
    /// @notice It is too late.
    error DeadlinePassed(bytes32 id, uint64 deadline);

    /// @notice Deploys a contract without cases.
    /// @param token The currency.
    constructor(IERC20 token) {
        currency = token;
    }

    /// @notice Books a case, whose price is held from now on.
    /// @param id The case.
    /// @param provider Who is to do the work.
    /// @param price What it costs.
    /// @param deadline The last second (Unix time) in which it may be delivered.
    /// @param input The hash of the case's input.
    function book(bytes32 id, address provider, uint128 price, uint64 deadline, bytes32 input) external {
        if (cases[id].status != Status.NONE) revert WrongStatus(id, cases[id].status);
        if (block.timestamp > deadline) revert DeadlinePassed(id, deadline);
        cases[id] = Case(msg.sender, provider, price, deadline, Status.BOOKED, input, 0);
        currency.safeTransferFrom(msg.sender, address(this), price);
        emit Booked(id, msg.sender, provider, price, deadline);
    }

    /// @notice The provider takes it on.
    /// @param id The case.
    function accept(bytes32 id) external {
        Case storage record = _at(id, Status.BOOKED, cases[id].provider);
        record.status = Status.ACCEPTED;
        emit Accepted(id);
    }

    /// @notice The provider delivers its result.
    /// @param id The case.
    /// @param result The hash of the result.
    function deliver(bytes32 id, bytes32 result) external {
        Case storage record = _at(id, Status.ACCEPTED, cases[id].provider);
        if (block.timestamp > record.deadline) revert DeadlinePassed(id, record.deadline);
        (record.status, record.result) = (Status.DELIVERED, result);
        emit Delivered(id, result);
    }

    /// @notice The consumer is satisfied: the provider is paid.
    /// @param id The case.
    function settle(bytes32 id) external {
        Case storage record = _at(id, Status.DELIVERED, cases[id].consumer);
        record.status = Status.SETTLED;
        currency.safeTransfer(record.provider, record.price);
        emit Settled(id);
    }

    function _at(bytes32 id, Status status, address entitled) private view returns (Case storage record) {
        record = cases[id];
        if (record.status != status) revert WrongStatus(id, record.status);
        if (msg.sender != entitled) revert NotEntitled(id, msg.sender);
    }
}
