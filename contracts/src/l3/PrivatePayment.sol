// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPolicy } from "../interfaces/IPolicy.sol";
import { SessionPayment } from "../l2/SessionPayment.sol";

/// @title PrivatePayment
/// @notice A private network's payments: deposits count against its teams' budgets. Every way out is that of SessionPayment.
contract PrivatePayment is SessionPayment {
    /// The gate is the compliance hook.
    constructor(Parts memory parts) SessionPayment(parts) { }

    function _deposit(uint32 account, uint256 amountWei) internal override {
        IPolicy(address(complianceHook)).noteDeposit(account, _ownerOf(account), msg.sender, amountWei);
        super._deposit(account, amountWei);
    }
}
