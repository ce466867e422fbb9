// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionOwners } from "../../src/interfaces/ISessionOwners.sol";

/// A later version of sessions, with another way to open one: an agreement's hash in place of the parameters.
contract SessionsTwo is ISessionOwners {
    uint32 public sessionCount;
    mapping(uint32 account => address) public ownerOf;
    mapping(uint32 account => bytes32) public agreementOf;

    function open(bytes32 agreement) external returns (uint32 account) {
        account = ++sessionCount;
        ownerOf[account] = msg.sender;
        agreementOf[account] = agreement;
    }
}
