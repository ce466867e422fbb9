// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Leaves
/// @notice What an account signs that leaves a chain that stopped: where it is paid. Its key alone can: at a contract's address another may stand on the
/// parent, put there by whoever deployed both.
library Leaves {
    bytes32 internal constant LEAVE_TYPEHASH = keccak256("Leave(address account,address to)");

    function hash(address account, address to) internal pure returns (bytes32) {
        return keccak256(abi.encode(LEAVE_TYPEHASH, account, to));
    }
}
