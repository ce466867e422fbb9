// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IComplianceHook } from "../../src/interfaces/IComplianceHook.sol";
import { IPauseHook } from "../../src/interfaces/IPauseHook.sol";
import { IRouters } from "../../src/interfaces/IRouters.sol";
import { ISessionOwners } from "../../src/interfaces/ISessionOwners.sol";
import { Accounts } from "../../src/l2/payment/Accounts.sol";
import { Coins } from "../../src/l2/payment/Coins.sol";
import { Keys } from "../../src/l2/payment/Keys.sol";
import { Payouts } from "../../src/l2/payment/Payouts.sol";
import { SessionCredits } from "../../src/l2/payment/SessionCredits.sol";

/// All of SessionPayment but settlement, which only the IR pipeline compiles.
contract UnsettledPayment is SessionCredits {
    mapping(address lane => bytes32) public headOf;

    constructor(IERC20 cor, ISessionOwners sessions, IComplianceHook compliance, IPauseHook pause)
        Coins(cor)
        Accounts(sessions, compliance, pause)
        Keys(block.timestamp, 600)
        Payouts(IRouters(address(0)), address(0))
    { }

    function settle(address, bytes calldata, bytes calldata, bytes32, bytes32, bytes calldata)
        external
        pure
        returns (bytes32)
    {
        revert("nothing is settled here");
    }
}
