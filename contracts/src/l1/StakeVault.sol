// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { ISlashable } from "../interfaces/ISlashable.sol";
import { IStakeVault } from "../interfaces/IStakeVault.sol";
import { Callbacks } from "../libraries/Callbacks.sol";
import { Exits } from "../libraries/Exits.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Pools } from "../libraries/Pools.sol";
import { Slashable } from "../libraries/Slashable.sol";

/// @title StakeVault
contract StakeVault is IStakeVault, Slashable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using Exits for Exits.Position;
    using Pools for Pools.Pool;

    /// What is staked for one operator.
    struct OperatorStake {
        Pools.Pool pool;
        /// Of the pool's shares, those on their way out.
        uint128 exitingShares;
        uint64 sequence;
    }

    /// How much gas a report is tried with.
    enum Reporting {
        /// What it surely takes, or the whole is refused.
        Surely,
        /// At least that: whoever syncs may give more, where a portal is dearer.
        WithAll,
        WithWhatIsLeft
    }

    /// @notice Longer than a dispute takes to be found (1 day), to travel from L2 (7 days), and to be judged.
    uint256 public constant UNSTAKE_DELAY_SECONDS = 14 days;
    /// @notice Each change of stake sends one message per mirror.
    uint256 public constant MIRRORS_MAX = 4;
    /// @notice Enough for a view to write two slots, with room for an adapter's own bookkeeping.
    uint256 public constant MIRROR_GAS = 200_000;
    /// @notice What a messenger is given for one report: three times what the OP Stack's portal burns for it at its lowest price. That is 724,000:
    /// `MIRROR_GAS` and what `OpMessenger` adds (424,000), what `L1CrossDomainMessenger` adds (285,000), and 16 for each byte.
    uint256 public constant SEND_GAS = 2_500_000;
    /// @notice What must be left for it. A call is given at most 63/64 (EIP-150): with less, who pays the gas would decide whether a report leaves, and
    /// an estimate, which is the least with which the whole succeeds, would decide that it doesn't.
    uint256 public constant SEND_FLOOR_GAS = SEND_GAS + SEND_GAS / 63 + Callbacks.RESERVE_GAS;
    /// @notice What a slash leaves to the slasher, which shares out what was taken and answers: 665,000 of it are the portal's, as above.
    uint256 public constant SLASHER_GAS = 900_000;

    IERC20 public immutable cor;
    IComplianceHook public immutable compliance;
    IPauseHook public immutable pause;

    mapping(address operator => OperatorStake) internal _stakes;
    /// In shares of the operator's pool.
    mapping(address operator => mapping(address holder => Exits.Position)) internal _positions;
    Mirror[] internal _mirrors;

    constructor(IERC20 cor_, IComplianceHook compliance_, IPauseHook pause_, address owner)
        Slashable(owner, UNSTAKE_DELAY_SECONDS + 1 days)
    {
        cor = cor_;
        compliance = compliance_;
        pause = pause_;
    }

    /* STAKING */

    /// @inheritdoc IStakeVault
    function stake(address operator, uint256 amountWei) external nonReentrant {
        _enter(operator, operator, amountWei);
    }

    /// @inheritdoc IStakeVault
    function delegate(address operator, uint256 amountWei) external nonReentrant {
        _enter(operator, msg.sender, amountWei);
    }

    /* LEAVING */

    /// @inheritdoc IStakeVault
    function requestUnstake(address operator, uint256 amountWei) external nonReentrant {
        OperatorStake storage held = _stakes[operator];
        Exits.Position storage position = _positions[operator][msg.sender];
        uint256 stakedWei = held.pool.toWeiDown(position.active);
        require(amountWei <= stakedWei, StakeBelow(stakedWei, amountWei));
        uint256 shares = held.pool.toSharesUp(amountWei);
        uint64 unstakeAt = position.request(shares, UNSTAKE_DELAY_SECONDS);
        held.exitingShares += shares.toUint128();
        emit UnstakeRequested(operator, msg.sender, amountWei, unstakeAt);
        _changed(operator);
    }

    /// @inheritdoc IStakeVault
    function withdrawUnstaked(address operator, address to) external nonReentrant returns (uint256 amountWei) {
        OperatorStake storage held = _stakes[operator];
        uint256 shares = _positions[operator][msg.sender].withdraw();
        held.exitingShares -= shares.toUint128();
        amountWei = held.pool.leave(shares);
        emit Unstaked(operator, msg.sender, to, amountWei);
        cor.safeTransfer(to, amountWei);
        _changed(operator);
    }

    /* SLASHING */

    /// @inheritdoc ISlashable
    function slash(address operator, uint256 amountWei, address to)
        external
        onlySlasher
        nonReentrant
        returns (uint256 takenWei)
    {
        takenWei = _stakes[operator].pool.take(amountWei);
        emit Slashed(operator, takenWei, to);
        cor.safeTransfer(to, takenWei);
        _stakes[operator].sequence += 1;
        // A message slashes with the gas that it was sent with, and could never be given more: it goes on with what it has.
        _report(operator, Reporting.WithWhatIsLeft);
    }

    /* MIRRORS */

    /// @inheritdoc IStakeVault
    function sync(address operator) external nonReentrant {
        _report(operator, Reporting.WithAll);
    }

    /// @inheritdoc IStakeVault
    function addMirror(IMessenger messenger, uint64 chainId, address stakeView) external onlyOwner {
        require(_mirrors.length < MIRRORS_MAX, TooManyMirrors(MIRRORS_MAX));
        _mirrors.push(Mirror(messenger, chainId, stakeView));
        emit MirrorAdded(address(messenger), chainId, stakeView);
    }

    /* VIEWS */

    /// @inheritdoc IStakeVault
    function stakeOf(address operator) public view returns (Stake memory) {
        OperatorStake storage held = _stakes[operator];
        uint256 exitingShares = held.exitingShares;
        return Stake({
            stakedWei: held.pool.toWeiDown(held.pool.shares - exitingShares).toUint128(),
            unstakingWei: held.pool.toWeiDown(exitingShares).toUint128(),
            heldWei: held.pool.heldWei,
            sequence: held.sequence
        });
    }

    /// @inheritdoc IStakeVault
    function positionOf(address operator, address holder) external view returns (Position memory) {
        Pools.Pool storage pool = _stakes[operator].pool;
        Exits.Position storage position = _positions[operator][holder];
        return Position({
            stakedWei: pool.toWeiDown(position.active).toUint128(),
            unstakingWei: pool.toWeiDown(position.exiting).toUint128(),
            unstakeAt: position.exitAt
        });
    }

    /// @inheritdoc IStakeVault
    function mirrorCount() external view returns (uint256) {
        return _mirrors.length;
    }

    /// @inheritdoc IStakeVault
    function reportGas() external view returns (uint256) {
        return _mirrors.length * SEND_FLOOR_GAS;
    }

    /// @inheritdoc IStakeVault
    function mirrorAt(uint256 index) external view returns (Mirror memory) {
        return _mirrors[index];
    }

    /* INTERNAL */

    function _enter(address operator, address holder, uint256 amountWei) internal {
        Hooks.requireOpen(pause);
        Hooks.requireAllowed(compliance, msg.sender);
        Hooks.requireAllowed(compliance, operator);
        // What is worth no share, as nothing is, is refused there.
        _positions[operator][holder].add(_stakes[operator].pool.enter(amountWei));
        emit Staked(operator, holder, msg.sender, amountWei);

        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
        _changed(operator);
    }

    function _changed(address operator) internal {
        _stakes[operator].sequence += 1;
        _report(operator, Reporting.Surely);
    }

    /// A messenger that fails must not keep anybody's stake in or out: the failure is recorded, and anyone may `sync`.
    function _report(address operator, Reporting how) internal {
        Stake memory held = stakeOf(operator);
        bytes memory body = abi.encode(operator, uint256(held.stakedWei).toUint96(), held.sequence);
        for (uint256 i = 0; i < _mirrors.length; ++i) {
            Mirror memory mirror = _mirrors[i];
            uint256 gas = _sendGas(how);
            try mirror.messenger.send{ gas: gas }(mirror.chainId, mirror.stakeView, body, MIRROR_GAS) returns (
                bytes32
            ) { }
            catch {
                emit MirrorFailed(operator, i);
            }
        }
    }

    /// What a messenger is given of the gas that is left.
    function _sendGas(Reporting how) internal view returns (uint256) {
        uint256 left = gasleft();
        if (left >= SEND_FLOOR_GAS) return how == Reporting.WithAll ? left : SEND_GAS;
        require(how == Reporting.WithWhatIsLeft, Callbacks.GasBelow(left, SEND_FLOOR_GAS));
        return left > SLASHER_GAS ? left - SLASHER_GAS : 0;
    }
}
