// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRouters } from "../../interfaces/IRouters.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";
import { Credits } from "../../libraries/Credits.sol";
import { Maturing } from "../../libraries/Maturing.sol";
import { Coins } from "./Coins.sol";

/// @title Payouts
/// @notice SessionPayment's way out for payees and operators. No hook is asked here: what is owed leaves.
abstract contract Payouts is Coins {
    using Credits for Credits.Credit;
    using Credits for mapping(address payee => Credits.Credit);
    using Maturing for Maturing.Earnings;

    IRouters public immutable routers;
    /// @inheritdoc ISessionPayment
    address public immutable setChallenges;

    mapping(address lane => mapping(address payee => Credits.Credit)) internal _credits;
    mapping(address lane => Maturing.Earnings) internal _earnings;

    constructor(IRouters routers_, address setChallenges_) {
        routers = routers_;
        setChallenges = setChallenges_;
    }

    /// @inheritdoc ISessionPayment
    function raiseCredit(address lane, address payee, uint96 cumulativeWei)
        external
        nonReentrant
        returns (uint256 raisedWei)
    {
        uint96 creditedWei = _credits[lane][payee].creditedWei;
        raisedWei = _credits[lane].raise(payee, cumulativeWei);
        require(raisedWei != 0, CreditNotRaised(creditedWei, cumulativeWei));
        emit CreditRaised(lane, payee, msg.sender, raisedWei, cumulativeWei);
        _take(raisedWei);
    }

    /// @inheritdoc ISessionPayment
    function withdraw(address payee, address[] calldata lanes, address to)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        require(msg.sender == payee || msg.sender == routers.ownerOf(payee), NotPayee(msg.sender, payee));
        for (uint256 i = 0; i < lanes.length; ++i) {
            uint256 laneWei = _credits[lanes[i]][payee].take();
            if (laneWei == 0) continue;
            amountWei += laneWei;
            emit CreditWithdrawn(lanes[i], payee, to, laneWei);
        }
        require(amountWei != 0, NothingToWithdraw(payee));
        _pay(to, amountWei);
    }

    /// @inheritdoc ISessionPayment
    function withdrawMatured(address to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _earnings[msg.sender].take();
        require(amountWei != 0, NothingToWithdraw(msg.sender));
        emit EarningsWithdrawn(msg.sender, to, amountWei);
        _pay(to, amountWei);
    }

    /// @inheritdoc ISessionPayment
    function freezeMaturing(address lane) external nonReentrant returns (uint256 frozenWei) {
        require(msg.sender == setChallenges, NotSetChallenges(msg.sender));
        frozenWei = _earnings[lane].freeze();
        emit MaturingFrozen(lane, frozenWei);
        if (frozenWei != 0) _pay(msg.sender, frozenWei);
    }

    /// @inheritdoc ISessionPayment
    function creditOf(address lane, address payee) external view returns (Credits.Credit memory) {
        return _credits[lane][payee];
    }

    /// @inheritdoc ISessionPayment
    function earningsOf(address lane) external view returns (uint256 maturedWei, uint256 maturingWei) {
        return Maturing.amounts(_earnings[lane]);
    }
}
