// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRoyaltyHook } from "../interfaces/IRoyaltyHook.sol";

/// @title NoRoyalty
/// @notice The royalty hook of a network whose models have no owners.
contract NoRoyalty is IRoyaltyHook {
    /// @inheritdoc IRoyaltyHook
    function royaltyOf(bytes32) external pure returns (address, uint16) {
        return (address(0), 0);
    }
}
