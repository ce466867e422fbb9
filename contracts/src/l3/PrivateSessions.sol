// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPolicy } from "../interfaces/IPolicy.sol";
import { Sessions } from "../l2/Sessions.sol";

/// @title PrivateSessions
/// @notice A private network's sessions: those of its members, as its policy has them. What ends a session isn't asked.
contract PrivateSessions is Sessions {
    IPolicy public immutable gate;

    constructor(IPolicy gate_) {
        gate = gate_;
    }

    function _admit(address owner, SessionParams calldata params, bool isNew) internal override {
        if (isNew) gate.noteSession(owner, params);
        else gate.checkSession(owner, params);
    }

    function _admitOwner(address owner) internal view override {
        gate.checkOwner(owner);
    }

    function _admitRouter(address operator) internal view override {
        gate.checkOperator(operator);
    }
}
