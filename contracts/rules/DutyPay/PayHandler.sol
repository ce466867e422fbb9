// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { PayNetwork } from "./PayNetwork.sol";

/// Settlements, roots that share what was credited, collections and claims, in any order; each call within the rules, or one that must fail.
contract PayHandler is PayNetwork {
    uint256 internal constant STEP_WEI_MAX = 1e20;

    uint256 public creditedWei;
    uint256 public collectedWei;
    uint256 public claimedWei;
    uint256 public refusals;
    uint96[2] public earnedWei;
    uint256 internal _leftWei;
    uint64 internal _epoch;
    EpochRoots.EpochRoot[] internal _roots;
    uint96[2][] internal _leaves;

    constructor() {
        setUp();
    }

    /* ACTIONS */

    function credit_(uint256 amountWei) external {
        uint256 stepWei = bound(amountWei, 1, STEP_WEI_MAX);
        creditFund(stepWei);
        creditedWei += stepWei;
        _leftWei += stepWei;
    }

    /// A root by which some of what is left has been earned.
    function attest(uint256 annsSeed, uint256 bensSeed) external {
        uint256 annsWei = bound(annsSeed, 0, _leftWei);
        uint256 bensWei = bound(bensSeed, 0, _leftWei - annsWei);
        _leftWei -= annsWei + bensWei;
        earnedWei[0] += uint96(annsWei);
        earnedWei[1] += uint96(bensWei);
        _epoch += 1;
        _roots.push(post(_epoch, earnedWei[0], earnedWei[1]));
        _leaves.push(earnedWei);
    }

    function collect() external {
        if (creditedWei == collectedWei) return;
        collectedWei += pay.collect(lanes());
    }

    /// Under the newest root or an older one; pays exactly when it says more than was paid.
    function claim(uint256 rootSeed, bool isAnns) external {
        if (_roots.length == 0) return;
        uint256 at = bound(rootSeed, 0, _roots.length - 1);
        (uint96 annsWei, uint96 bensWei) = (_leaves[at][0], _leaves[at][1]);
        (address validator, uint96 ownWei) = isAnns ? (ann, annsWei) : (ben, bensWei);
        bytes32[] memory path = isAnns ? beside(ben, bensWei) : beside(ann, annsWei);
        uint256 paidWei = pay.paidWeiOf(validator);
        bool isDue = ownWei > paidWei && cor.balanceOf(address(pay)) >= ownWei - paidWei;
        bytes memory call = abi.encodeCall(pay.claim, (validator, ownWei, _roots[at], path));
        (bool ok, bytes memory answer) = address(pay).call(call);
        assertTrue(ok == isDue, "pays exactly what is due");
        if (ok) claimedWei += abi.decode(answer, (uint256));
        else refusals += 1;
    }

    /// What no root says pays nothing.
    function forge(uint256 rootSeed, uint256 moreWei) external {
        if (_roots.length == 0) return;
        uint256 at = bound(rootSeed, 0, _roots.length - 1);
        uint96 forgedWei = _leaves[at][0] + uint96(bound(moreWei, 1, STEP_WEI_MAX));
        bytes memory call = abi.encodeCall(pay.claim, (ann, forgedWei, _roots[at], beside(ben, _leaves[at][1])));
        (bool ok,) = address(pay).call(call);
        assertTrue(!ok, "a forged leaf");
        refusals += 1;
    }

    /* WHAT HAPPENED */

    function heldWei() external view returns (uint256) {
        return cor.balanceOf(address(pay));
    }

    function paidWei() external view returns (uint256 annsWei, uint256 bensWei) {
        return (pay.paidWeiOf(ann), pay.paidWeiOf(ben));
    }

    function receivedWei() external view returns (uint256 annsWei, uint256 bensWei) {
        return (cor.balanceOf(annsOwner), cor.balanceOf(bensOwner));
    }
}
