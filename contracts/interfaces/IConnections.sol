// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Connection} from "../types/Connection.sol";

/// @title Who works with whom
/// @notice Two members that agree to work together. Each sees the other's side: a pair has one record, whoever asks for
/// it. Who asked can take the request back, who was asked can decline it, and either can end the connection, also when
/// it is no active member any more.
interface IConnections {
    /// @notice A member asked another to connect.
    /// @param requester Who asked.
    /// @param member Who was asked.
    event ConnectionRequested(address indexed requester, address indexed member);
    /// @notice Two members are connected from now on.
    /// @param requester Who had asked.
    /// @param member Who agreed.
    event ConnectionAccepted(address indexed requester, address indexed member);
    /// @notice A member declined a request.
    /// @param requester Who had asked.
    /// @param member Who declined.
    event RequestDeclined(address indexed requester, address indexed member);
    /// @notice A member took its request back.
    /// @param requester Who had asked.
    /// @param member Who had been asked.
    event RequestWithdrawn(address indexed requester, address indexed member);
    /// @notice Two members are not connected any more.
    /// @param member Who ended it.
    /// @param partner The other one.
    event ConnectionEnded(address indexed member, address indexed partner);

    /// @notice Nobody connects with itself.
    error SelfConnection(address member);
    /// @notice One of the two has asked already.
    error RequestExists(address requester, address member);
    /// @notice There is no such request.
    error RequestUnknown(address requester, address member);
    /// @notice The two are connected already.
    error ConnectionExists(address member, address partner);
    /// @notice The two are not connected.
    error ConnectionUnknown(address member, address partner);

    /// @notice Asks a member to connect.
    /// @dev Only an active member, of an active member.
    /// @param member Who is asked.
    function request(address member) external;

    /// @notice Agrees to a request.
    /// @dev Only who was asked; both are active members.
    /// @param requester Who asked.
    function accept(address requester) external;

    /// @notice Declines a request.
    /// @dev Only who was asked.
    /// @param requester Who asked.
    function decline(address requester) external;

    /// @notice Takes a request back.
    /// @dev Only who asked.
    /// @param member Who was asked.
    function withdraw(address member) external;

    /// @notice Ends a connection.
    /// @dev Either of the two.
    /// @param partner The other one.
    function end(address partner) external;

    /// @notice Whether two members are connected; the order does not matter.
    /// @param member One of them.
    /// @param partner The other one.
    function areConnected(address member, address partner) external view returns (bool);

    /// @notice How two members stand with each other; the order does not matter.
    /// @param member One of them.
    /// @param partner The other one.
    function connectionOf(address member, address partner) external view returns (Connection memory);
}
