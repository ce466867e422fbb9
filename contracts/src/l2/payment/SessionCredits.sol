// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";
import { Keys } from "./Keys.sol";
import { Payouts } from "./Payouts.sol";

/// @title SessionCredits
/// @notice SessionPayment's way back: what an operator gives a session for a broken promise or a task that was cut.
abstract contract SessionCredits is Keys, Payouts {
    using SafeCast for uint256;

    mapping(bytes32 id => uint256) internal _sessionCredits;

    /// @inheritdoc ISessionPayment
    function creditSession(address lane, uint32 account, uint96 amountWei, uint64 epoch, bytes32 reason)
        external
        nonReentrant
    {
        require(msg.sender == lane || routers.isRouterOf(msg.sender, lane), SessionCreditUnauthorised(msg.sender, lane));
        require(amountWei != 0, AmountZero());
        require(epoch <= currentEpoch(), EpochAhead(epoch, currentEpoch()));
        Lane storage line = _lanes[account][lane];
        require(line.known, LaneUnknown(account, lane));
        bytes32 id = _sessionCreditId(lane, account, epoch, reason);
        require(_sessionCredits[id] == 0, SessionCreditRepeated(account, lane, epoch, reason));
        _sessionCredits[id] = amountWei;

        Account storage held = _accounts[account];
        held.depositWei = (uint256(held.depositWei) + amountWei).toUint96();
        emit SessionCredited(account, lane, reason, epoch, msg.sender, amountWei, held.depositWei);
        // Of an account that closes no lane may spend more: there the credit is the owner's as it is.
        if (held.closeAt == 0) {
            // Both are at most the deposit, which is a uint96.
            held.allottedWei += amountWei;
            line.allotmentWei += amountWei;
            emit AllotmentChanged(account, lane, line.allotmentWei);
        }
        _take(amountWei);
    }

    /// @inheritdoc ISessionPayment
    function sessionCreditOf(address lane, uint32 account, uint64 epoch, bytes32 reason)
        external
        view
        returns (uint256)
    {
        return _sessionCredits[_sessionCreditId(lane, account, epoch, reason)];
    }

    function _sessionCreditId(address lane, uint32 account, uint64 epoch, bytes32 reason)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(lane, account, epoch, reason));
    }
}
