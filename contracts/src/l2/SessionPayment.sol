// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { IRoyaltyHook } from "../interfaces/IRoyaltyHook.sol";
import { ISessionOwners } from "../interfaces/ISessionOwners.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { Credits } from "../libraries/Credits.sol";
import { Debits } from "../libraries/Debits.sol";
import { Maturing } from "../libraries/Maturing.sol";
import { Settlements } from "../libraries/Settlements.sol";
import { Accounts } from "./payment/Accounts.sol";
import { Coins } from "./payment/Coins.sol";
import { Keys } from "./payment/Keys.sol";
import { Payouts } from "./payment/Payouts.sol";
import { SessionCredits } from "./payment/SessionCredits.sol";

/// @title SessionPayment
contract SessionPayment is SessionCredits {
    using Credits for mapping(address payee => Credits.Credit);
    using Maturing for Maturing.Earnings;

    /// @notice Tells who computes splits what a model's owner has. This contract never asks it.
    IRoyaltyHook public immutable royaltyHook;

    /// @inheritdoc ISessionPayment
    mapping(address lane => bytes32) public headOf;

    struct Parts {
        IERC20 cor;
        ISessionOwners sessions;
        IRouters routers;
        IComplianceHook complianceHook;
        IPauseHook pauseHook;
        IRoyaltyHook royaltyHook;
        /// May freeze what matures. Zero where nobody may.
        address setChallenges;
        uint256 t0;
        uint256 epochSeconds;
    }

    constructor(Parts memory parts)
        Coins(parts.cor)
        Accounts(parts.sessions, parts.complianceHook, parts.pauseHook)
        Keys(parts.t0, parts.epochSeconds)
        Payouts(parts.routers, parts.setChallenges)
    {
        royaltyHook = parts.royaltyHook;
    }

    /// @inheritdoc ISessionPayment
    function settle(
        address lane,
        bytes calldata debits,
        bytes calldata credits,
        bytes32 settlementRoot,
        bytes32 setCid,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 settlementId) {
        settlementId = Settlements.hashSettlement(lane, keccak256(debits), keccak256(credits), settlementRoot, setCid);
        _checkAuthority(lane, settlementId, signature);

        uint256 debitedWei = _applyDebits(lane, debits);
        require(debitedWei != 0, SettlementEmpty());
        uint256 creditedWei = _credits[lane].raiseAll(credits);
        require(creditedWei <= debitedWei, CreditsAboveDebits(creditedWei, debitedWei));
        uint256 operatorWei = debitedWei - creditedWei;
        if (operatorWei != 0) _earnings[lane].add(operatorWei);
        bytes32 head = Settlements.nextHead(headOf[lane], settlementId, block.timestamp);
        headOf[lane] = head;
        emit Settled(lane, settlementId, settlementRoot, setCid, head, debitedWei, operatorWei, debits, credits);
    }

    function _checkAuthority(address lane, bytes32 settlementId, bytes calldata signature) internal view {
        address signer =
            signature.length == 0 ? msg.sender : ECDSA.recoverCalldata(_hashTypedDataV4(settlementId), signature);
        require(signer == lane || routers.isRouterOf(signer, lane), SettlementUnauthorised(signer, lane));
    }

    function _applyDebits(address lane, bytes calldata packed) internal returns (uint256 debitedWei) {
        uint256 count = Debits.countPacked(packed);
        Debits.Debit memory debit;
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata signature = Debits.unpackInto(debit, packed, i);
            Lane storage line = _lanes[debit.account][lane];
            uint96 settledWei = line.cumulativeWei;
            uint96 allotmentWei = line.allotmentWei;
            uint32 settledCount = line.count;
            require(debit.cumulativeWei > settledWei, DebitStale(debit.account, debit.cumulativeWei, settledWei));
            require(
                debit.cumulativeWei <= allotmentWei,
                DebitAboveAllotment(debit.account, debit.cumulativeWei, allotmentWei)
            );
            require(debit.count >= settledCount, DebitCountFell(debit.account, debit.count, settledCount));
            line.cumulativeWei = debit.cumulativeWei;
            line.count = debit.count;

            uint256 deltaWei = debit.cumulativeWei - settledWei;
            debitedWei += deltaWei;
            address signer = ECDSA.recoverCalldata(_hashTypedDataV4(Debits.hashDebit(debit, lane)), signature);
            if (signer != sessions.ownerOf(debit.account)) {
                _spend(debit.account, signer, deltaWei, debit.epoch);
            }
        }
    }
}
