// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { Exits } from "../../src/libraries/Exits.sol";
import { Pools } from "../../src/libraries/Pools.sol";
import { Assertions } from "../support/Assertions.sol";

/// Operators, delegators, a slasher and time, acting on one vault, and what they did.
contract StakeHandler is Assertions {
    uint256 public constant OPERATORS = 3;
    uint256 public constant HOLDERS = 6;

    Cor internal immutable _cor;
    StakeVault internal immutable _vault;
    address internal immutable _slasher;

    uint256 public calls;
    uint256 public inWei;
    uint256 public withdrawnWei;
    uint256 public slashedWei;
    uint256 public donatedWei;
    uint256 public exits;
    uint256 public refusedEarly;
    /// Withdrawals that came before the last request had waited.
    uint256 public early;
    /// The most that any holder lost too little in a slash, in wei.
    uint256 public worstSpareWei;

    mapping(address holder => uint256) public putWei;
    mapping(address holder => uint256) public gotWei;
    mapping(address operator => mapping(address holder => uint256)) internal _lastRequest;

    constructor(Cor cor, StakeVault vault, address slasher) {
        _cor = cor;
        _vault = vault;
        _slasher = slasher;
    }

    /// Operators hold too: the first three.
    function holderAt(uint256 index) public pure returns (address) {
        return address(uint160(0xAC70_0000 + index));
    }

    function someOperator(uint256 seed) internal pure returns (address) {
        return holderAt(bound(seed, 0, OPERATORS - 1));
    }

    function someHolder(uint256 seed) internal pure returns (address) {
        return holderAt(bound(seed, 0, HOLDERS - 1));
    }

    /// A few wei, or many COR: rounding bites at the first, overflow at the second.
    function someWei(uint256 seed) internal pure returns (uint256) {
        return seed % 3 == 0 ? bound(seed, 1, 9) : bound(seed, 1, 1e24);
    }

    /* ACTIONS */

    function stake(uint256 operatorSeed, uint256 amountSeed) external {
        _enter(someOperator(operatorSeed), address(0), someWei(amountSeed));
    }

    function delegate(uint256 operatorSeed, uint256 holderSeed, uint256 amountSeed) external {
        _enter(someOperator(operatorSeed), someHolder(holderSeed), someWei(amountSeed));
    }

    function requestUnstake(uint256 operatorSeed, uint256 holderSeed, uint256 amountSeed) external {
        address operator = someOperator(operatorSeed);
        address holder = someHolder(holderSeed);
        uint256 stakedWei = _vault.positionOf(operator, holder).stakedWei;
        if (stakedWei == 0) return;
        uint64 unstakeAt = _vault.positionOf(operator, holder).unstakeAt;
        // All of it more often than chance would have it.
        uint256 amountWei = amountSeed % 4 == 0 ? stakedWei : bound(amountSeed, 1, stakedWei);
        vm.prank(holder);
        _vault.requestUnstake(operator, amountWei);
        _lastRequest[operator][holder] = vm.getBlockTimestamp();
        assertTrue(_vault.positionOf(operator, holder).unstakeAt >= unstakeAt, "a request shortens no wait");
        calls += 1;
    }

    /// Tried at any time: what is too early must be refused by name.
    function withdrawUnstaked(uint256 operatorSeed, uint256 holderSeed) external {
        address operator = someOperator(operatorSeed);
        address holder = someHolder(holderSeed);
        IStakeVault.Position memory before = _vault.positionOf(operator, holder);
        vm.prank(holder);
        try _vault.withdrawUnstaked(operator, holder) returns (uint256 amountWei) {
            if (vm.getBlockTimestamp() < _lastRequest[operator][holder] + 14 days) early += 1;
            assertEq(amountWei, before.unstakingWei, "what was shown is what is paid");
            withdrawnWei += amountWei;
            gotWei[holder] += amountWei;
            exits += 1;
        } catch (bytes memory reason) {
            bool isEarly = bytes4(reason) == Exits.ExitTooEarly.selector;
            assertTrue(isEarly || bytes4(reason) == Exits.NothingExiting.selector, "refused by name");
            if (isEarly) refusedEarly += 1;
        }
        calls += 1;
    }

    function slash(uint256 operatorSeed, uint256 amountSeed) external {
        address operator = someOperator(operatorSeed);
        uint256 heldWei = _vault.stakeOf(operator).heldWei;
        // All of it rarely, so that most runs go on.
        uint256 amountWei = amountSeed % 16 == 0 ? heldWei + 1 : bound(amountSeed, 0, heldWei / 2);
        uint256[HOLDERS] memory before;
        for (uint256 i = 0; i < HOLDERS; ++i) {
            before[i] = _worthOf(operator, holderAt(i));
        }
        vm.prank(_slasher);
        uint256 takenWei = _vault.slash(operator, amountWei, address(this));
        slashedWei += takenWei;
        for (uint256 i = 0; i < HOLDERS; ++i) {
            uint256 leftWei = _worthOf(operator, holderAt(i));
            uint256 mostWei = heldWei == 0 ? 0 : before[i] * (heldWei - takenWei) / heldWei;
            if (leftWei > mostWei && leftWei - mostWei > worstSpareWei) worstSpareWei = leftWei - mostWei;
        }
        calls += 1;
    }

    function donate(uint256 amountSeed) external {
        uint256 amountWei = someWei(amountSeed);
        _cor.transfer(address(_vault), amountWei);
        donatedWei += amountWei;
    }

    function wait_(uint256 seconds_) external {
        vm.warp(vm.getBlockTimestamp() + bound(seconds_, 1, 15 days));
    }

    /* INTERNAL */

    /// Active and on its way.
    function _worthOf(address operator, address holder) internal view returns (uint256) {
        IStakeVault.Position memory position = _vault.positionOf(operator, holder);
        return uint256(position.stakedWei) + position.unstakingWei;
    }

    /// From this contract's coins to the operator's own position when `holder` is zero, else from and to the holder's.
    function _enter(address operator, address holder, uint256 amountWei) internal {
        address from = holder == address(0) ? address(this) : holder;
        if (from == holder) _cor.transfer(holder, amountWei);
        vm.prank(from);
        _cor.approve(address(_vault), amountWei);
        bytes memory call = holder == address(0)
            ? abi.encodeCall(_vault.stake, (operator, amountWei))
            : abi.encodeCall(_vault.delegate, (operator, amountWei));
        vm.prank(from);
        (bool entered, bytes memory reason) = address(_vault).call(call);
        calls += 1;
        if (!entered) {
            assertTrue(bytes4(reason) == Pools.PoolSpent.selector, "refused by name");
            return;
        }
        inWei += amountWei;
        putWei[holder == address(0) ? operator : holder] += amountWei;
    }
}
