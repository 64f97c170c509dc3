// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IConnections} from "./interfaces/IConnections.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {NotActive} from "./types/Access.sol";
import {Connection} from "./types/Connection.sol";

/// @title Connections: pairs of members that work together
/// @notice See IConnections. Lists are made of the events: a list here would cost more than all the rest.
contract Connections is IConnections {
    IProfiles private immutable _profiles;

    /// @dev Of two members, the one with the lower address comes first.
    mapping(address lower => mapping(address higher => Connection)) private _connections;

    /// @notice Deploys a list without connections.
    /// @param profiles Knows who may connect.
    constructor(IProfiles profiles) {
        _profiles = profiles;
    }

    /// @inheritdoc IConnections
    function request(address member) external {
        _requireActive(msg.sender);
        _requireActive(member);
        if (member == msg.sender) revert SelfConnection(member);
        Connection storage connection = _between(msg.sender, member);
        address requester = connection.requester;
        if (connection.accepted) revert ConnectionExists(msg.sender, member);
        if (requester != address(0)) revert RequestExists(requester, requester == member ? msg.sender : member);
        connection.requester = msg.sender;
        connection.since = uint64(block.number);
        emit ConnectionRequested(msg.sender, member);
    }

    /// @inheritdoc IConnections
    function accept(address requester) external {
        _requireActive(msg.sender);
        _requireActive(requester);
        Connection storage connection = _requestOf(requester, msg.sender);
        connection.accepted = true;
        connection.since = uint64(block.number);
        emit ConnectionAccepted(requester, msg.sender);
    }

    /// @inheritdoc IConnections
    function decline(address requester) external {
        _forget(_requestOf(requester, msg.sender));
        emit RequestDeclined(requester, msg.sender);
    }

    /// @inheritdoc IConnections
    function withdraw(address member) external {
        _forget(_requestOf(msg.sender, member));
        emit RequestWithdrawn(msg.sender, member);
    }

    /// @inheritdoc IConnections
    function end(address partner) external {
        Connection storage connection = _between(msg.sender, partner);
        if (!connection.accepted) revert ConnectionUnknown(msg.sender, partner);
        _forget(connection);
        emit ConnectionEnded(msg.sender, partner);
    }

    /// @inheritdoc IConnections
    function areConnected(address member, address partner) external view returns (bool) {
        return _between(member, partner).accepted;
    }

    /// @inheritdoc IConnections
    function connectionOf(address member, address partner) external view returns (Connection memory) {
        return _between(member, partner);
    }

    function _forget(Connection storage connection) private {
        connection.requester = address(0);
        connection.since = 0;
        connection.accepted = false;
    }

    function _between(address one, address other) private view returns (Connection storage) {
        return one < other ? _connections[one][other] : _connections[other][one];
    }

    function _requestOf(address requester, address member) private view returns (Connection storage connection) {
        connection = _between(requester, member);
        bool asked = connection.requester == requester && !connection.accepted;
        // Nobody has asked anybody with the zero address.
        if (!asked || requester == address(0)) revert RequestUnknown(requester, member);
    }

    function _requireActive(address account) private view {
        if (!_profiles.isActive(account)) revert NotActive(account);
    }
}
