// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IExitVault } from "../interfaces/IExitVault.sol";
import { ILastState } from "../interfaces/ILastState.sol";
import { ILinkMessenger } from "../interfaces/ILinkMessenger.sol";
import { Holdings } from "../libraries/Holdings.sol";
import { Leaves } from "../libraries/Leaves.sol";
import { StateProofs } from "../libraries/StateProofs.sol";
import { CorVault } from "./CorVault.sol";

/// @title ExitVault
contract ExitVault is IExitVault, CorVault, EIP712 {
    using SafeCast for uint256;

    /// Who locked what, until it goes back.
    struct LockedCor {
        address from;
        uint96 amountWei;
    }

    ILastState public immutable lastState;
    address public immutable childMessenger;
    address public immutable payment;
    address public immutable sessions;
    address public immutable bond;
    address public immutable stakeVault;

    mapping(bytes32 id => LockedCor) public lockOf;
    mapping(address account => bytes32) public storageRootOf;
    /// @inheritdoc IExitVault
    mapping(address account => uint256) public leftWei;
    /// @inheritdoc IExitVault
    mapping(bytes32 claim => bool) public isClaimed;

    constructor(Parts memory parts, Below memory below, ILastState lastState_)
        CorVault(parts)
        EIP712("Cortensor", "1")
    {
        lastState = lastState_;
        childMessenger = below.messenger;
        payment = below.payment;
        sessions = below.sessions;
        bond = below.bond;
        stakeVault = below.stakeVault;
    }

    /* WHAT IS READ */

    /// @inheritdoc IExitVault
    function showContract(address account, bytes[] calldata accountNodes, bytes[] calldata balanceNodes) external {
        require(_isBelow(account), ContractUnknown(account));
        require(storageRootOf[account] == 0, ShownAlready(account));
        bytes32 root = StateProofs.storageRootOf(lastState.stateRoot(), account, accountNodes);
        uint256 corWei = 0;
        if (account != childCor && account != childMessenger && account != sessions) {
            corWei = _word(childCor, Holdings.at(account, Holdings.BALANCES_SLOT), balanceNodes);
        }
        storageRootOf[account] = root;
        leftWei[account] = corWei;
        emit ContractShown(account, root, corWei);
    }

    /* LEAVING */

    /// @inheritdoc IExitVault
    function claimBalance(Leaver calldata leaver, bytes[] calldata nodes)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        amountWei = _word(childCor, Holdings.at(leaver.account, Holdings.BALANCES_SLOT), nodes);
        _leave(leaver, Holding.Balance, childCor, bytes32(uint256(uint160(leaver.account))), amountWei);
    }

    /// @inheritdoc IExitVault
    function claimSession(Leaver calldata leaver, uint32 session, SessionProof calldata proof)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        // In one word with when it began, and whether it is active.
        address owner = address(uint160(_word(sessions, Holdings.at(session, Holdings.SESSIONS_SLOT), proof.owner)));
        require(owner == leaver.account, OwnerOther(owner, leaver.account));
        (uint256 depositWei, uint256 allottedWei) =
            Holdings.account(_word(payment, Holdings.at(session, Holdings.ACCOUNTS_SLOT), proof.account));
        // What a lane spent is within its allotment: with none allotted nothing was spent.
        amountWei = depositWei - (allottedWei == 0 ? 0 : _spentWei(session, proof));
        _leave(leaver, Holding.Session, payment, bytes32(uint256(session)), amountWei);
    }

    /// @inheritdoc IExitVault
    function claimCredit(Leaver calldata leaver, address lane, bytes[] calldata nodes)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        uint256 ofLane = Holdings.at(lane, Holdings.CREDITS_SLOT);
        amountWei = Holdings.owedWei(_word(payment, Holdings.at(leaver.account, ofLane), nodes));
        _leave(leaver, Holding.Credit, payment, keccak256(abi.encode(lane, leaver.account)), amountWei);
    }

    /// @inheritdoc IExitVault
    function claimEarnings(Leaver calldata leaver, bool isMatured, bytes[] calldata nodes)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        uint256 slot = Holdings.at(leaver.account, Holdings.EARNINGS_SLOT);
        bytes32 whose = bytes32(uint256(uint160(leaver.account)));
        if (isMatured) {
            amountWei = uint96(_word(payment, slot + 1, nodes));
            _leave(leaver, Holding.Matured, payment, whose, amountWei);
        } else {
            amountWei = Holdings.earnedWei(_word(payment, slot, nodes));
            _leave(leaver, Holding.Earning, payment, whose, amountWei);
        }
    }

    /// @inheritdoc IExitVault
    function claimBond(Leaver calldata leaver, bytes[] calldata nodes)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        amountWei = Holdings.positionOf(_word(bond, Holdings.at(leaver.account, Holdings.BONDS_SLOT), nodes));
        _leave(leaver, Holding.Bond, bond, bytes32(uint256(uint160(leaver.account))), amountWei);
    }

    /// @inheritdoc IExitVault
    function claimStake(Leaver calldata leaver, address operator, bytes[] calldata position, bytes[] calldata pool)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        uint256 ofOperator = Holdings.at(operator, Holdings.POSITIONS_SLOT);
        amountWei = Holdings.sharesWei(
            _word(stakeVault, Holdings.at(leaver.account, ofOperator), position),
            _word(stakeVault, Holdings.at(operator, Holdings.STAKES_SLOT), pool)
        );
        _leave(leaver, Holding.Stake, stakeVault, keccak256(abi.encode(operator, leaver.account)), amountWei);
    }

    /// @inheritdoc IExitVault
    function takeBack(bytes32 id, bool isAbsent, bytes[] calldata nodes)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        LockedCor memory held = lockOf[id];
        require(held.from != address(0), LockUnknown(id));
        // A chain that never posted a state took nothing in.
        if (lastState.stateRoot() != 0) {
            uint256 slot = Holdings.at(id, Holdings.STATES_SLOT);
            if (isAbsent) {
                StateProofs.requireAbsent(_rootOf(childMessenger), slot, nodes);
            } else {
                require(_word(childMessenger, slot, nodes) != uint256(ILinkMessenger.State.Delivered), LockArrived(id));
            }
        }
        amountWei = held.amountWei;
        bytes32 claim = _note(Holding.Lock, id, amountWei);
        emit Left(Holding.Lock, held.from, held.from, claim, amountWei);
        _release(held.from, amountWei, claim);
    }

    /* INTERNAL */

    function _requireTaking() internal view override {
        require(!lastState.isFixed(), ChainFixed());
    }

    function _noteLock(bytes32 id, uint256 amountWei) internal override {
        lockOf[id] = LockedCor(msg.sender, amountWei.toUint96());
    }

    function _isBelow(address account) internal view returns (bool) {
        return account == childCor || account == childMessenger || account == payment || account == sessions
            || account == bond || account == stakeVault;
    }

    function _rootOf(address account) internal view returns (bytes32 root) {
        root = storageRootOf[account];
        require(root != 0, NotShown(account));
    }

    function _word(address account, uint256 slot, bytes[] calldata nodes) internal view returns (uint256) {
        return StateProofs.wordAt(_rootOf(account), slot, nodes);
    }

    /// Σ of what a session's lanes spent, all of them.
    function _spentWei(uint32 session, SessionProof calldata proof) internal view returns (uint256 sumWei) {
        uint256 list = Holdings.at(session, Holdings.LANE_LIST_SLOT);
        uint256 lanes = _word(payment, list, proof.count);
        require(proof.lanes.length == lanes, LanesOther(proof.lanes.length, lanes));
        uint256 ofSession = Holdings.at(session, Holdings.LANES_SLOT);
        for (uint256 i = 0; i < lanes; ++i) {
            LaneProof calldata shown = proof.lanes[i];
            address lane = address(uint160(_word(payment, Holdings.first(list) + i, shown.entry)));
            sumWei += Holdings.spentWei(_word(payment, Holdings.at(lane, ofSession), shown.spent));
        }
    }

    function _leave(Leaver calldata leaver, Holding holding, address holder, bytes32 which, uint256 amountWei)
        internal
    {
        bytes32 digest = _hashTypedDataV4(Leaves.hash(leaver.account, leaver.to));
        address signer = ECDSA.recoverCalldata(digest, leaver.signature);
        require(signer == leaver.account, SignatureOther(signer, leaver.account));
        bytes32 claim = _note(holding, which, amountWei);
        if (holder != childCor) {
            uint256 left = leftWei[holder];
            require(amountWei <= left, HeldBelow(holder, left, amountWei));
            leftWei[holder] = left - amountWei;
        }
        emit Left(holding, leaver.account, leaver.to, claim, amountWei);
        _release(leaver.to, amountWei, claim);
    }

    /// Each holding leaves once.
    function _note(Holding holding, bytes32 which, uint256 amountWei) internal returns (bytes32 claim) {
        claim = keccak256(abi.encode(holding, which));
        require(!isClaimed[claim], ClaimedAlready(claim));
        require(amountWei != 0, NothingHeld());
        isClaimed[claim] = true;
    }
}
