// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { ISlashable } from "../interfaces/ISlashable.sol";
import { IStakeVault } from "../interfaces/IStakeVault.sol";
import { Slashable } from "../libraries/Slashable.sol";

/// @title StakeVault
contract StakeVault is IStakeVault, Slashable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @notice Longer than a dispute takes to be found (1 day), to travel from L2 (7 days), and to be judged.
    uint256 public constant UNSTAKE_DELAY_SECONDS = 14 days;
    /// @notice Each change of stake sends one message per mirror.
    uint256 public constant MIRRORS_MAX = 4;
    /// @notice Enough for a view to write two slots, with room for an adapter's own bookkeeping.
    uint256 public constant MIRROR_GAS = 200_000;

    IERC20 public immutable cor;

    mapping(address operator => Stake) internal _stakes;
    Mirror[] internal _mirrors;

    constructor(IERC20 cor_, address owner) Slashable(owner, UNSTAKE_DELAY_SECONDS + 1 days) {
        cor = cor_;
    }

    /* STAKING */

    /// @inheritdoc IStakeVault
    function stake(address operator, uint256 amountWei) external nonReentrant {
        require(amountWei != 0, AmountZero());
        Stake storage held = _stakes[operator];
        uint256 stakedWei = held.stakedWei + amountWei;
        held.stakedWei = stakedWei.toUint96();
        held.sequence += 1;
        emit Staked(operator, msg.sender, amountWei, stakedWei);

        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
        _report(operator);
    }

    /// @inheritdoc IStakeVault
    function requestUnstake(uint256 amountWei) external nonReentrant {
        require(amountWei != 0, AmountZero());
        Stake storage held = _stakes[msg.sender];
        require(held.stakedWei >= amountWei, StakeBelow(held.stakedWei, amountWei));
        uint96 amount = amountWei.toUint96();
        held.stakedWei -= amount;
        held.unstakingWei += amount;
        held.unstakeAt = (block.timestamp + UNSTAKE_DELAY_SECONDS).toUint64();
        held.sequence += 1;
        emit UnstakeRequested(msg.sender, amountWei, held.unstakeAt);
        _report(msg.sender);
    }

    /// @inheritdoc IStakeVault
    function withdrawUnstaked(address to) external nonReentrant returns (uint256 amountWei) {
        Stake storage held = _stakes[msg.sender];
        amountWei = held.unstakingWei;
        require(amountWei != 0, NothingUnstaking(msg.sender));
        require(block.timestamp >= held.unstakeAt, UnstakeTooEarly(held.unstakeAt));
        held.unstakingWei = 0;
        held.unstakeAt = 0;
        emit Unstaked(msg.sender, amountWei, to);
        cor.safeTransfer(to, amountWei);
    }

    /* SLASHING */

    /// @inheritdoc ISlashable
    function slash(address operator, uint256 amountWei, address to)
        external
        onlySlasher
        nonReentrant
        returns (uint256 takenWei)
    {
        Stake storage held = _stakes[operator];
        uint256 fromStaked = amountWei < held.stakedWei ? amountWei : held.stakedWei;
        uint256 rest = amountWei - fromStaked;
        uint256 fromUnstaking = rest < held.unstakingWei ? rest : held.unstakingWei;
        takenWei = fromStaked + fromUnstaking;
        held.stakedWei -= fromStaked.toUint96();
        held.unstakingWei -= fromUnstaking.toUint96();
        held.sequence += 1;
        emit Slashed(operator, takenWei, to);
        cor.safeTransfer(to, takenWei);
        _report(operator);
    }

    /* MIRRORS */

    /// @inheritdoc IStakeVault
    function sync(address operator) external nonReentrant {
        _report(operator);
    }

    /// @inheritdoc IStakeVault
    function addMirror(IMessenger messenger, uint64 chainId, address stakeView) external onlyOwner {
        require(_mirrors.length < MIRRORS_MAX, TooManyMirrors(MIRRORS_MAX));
        _mirrors.push(Mirror(messenger, chainId, stakeView));
        emit MirrorAdded(address(messenger), chainId, stakeView);
    }

    /* VIEWS */

    /// @inheritdoc IStakeVault
    function stakeOf(address operator) external view returns (Stake memory) {
        return _stakes[operator];
    }

    /// @inheritdoc IStakeVault
    function mirrorCount() external view returns (uint256) {
        return _mirrors.length;
    }

    /// @inheritdoc IStakeVault
    function mirrorAt(uint256 index) external view returns (Mirror memory) {
        return _mirrors[index];
    }

    /* INTERNAL */

    /// A messenger that fails must not keep anybody's stake in or out: the failure is recorded, and anyone may `sync`.
    function _report(address operator) internal {
        Stake memory held = _stakes[operator];
        bytes memory body = abi.encode(operator, held.stakedWei, held.sequence);
        for (uint256 i = 0; i < _mirrors.length; ++i) {
            Mirror memory mirror = _mirrors[i];
            try mirror.messenger.send(mirror.chainId, mirror.stakeView, body, MIRROR_GAS) returns (bytes32) { }
            catch {
                emit MirrorFailed(operator, i);
            }
        }
    }
}
