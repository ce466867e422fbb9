// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { Offences } from "../../src/libraries/Offences.sol";
import { EventCounter } from "../events/EventCounter.sol";
import { SettledNetwork } from "./SettledNetwork.sol";

contract CondemnedTest is SettledNetwork, EventCounter {
    function condemnAfter(bytes32 id, uint256 waitSeconds) internal {
        vm.warp(vm.getBlockTimestamp() + waitSeconds);
        challenges.condemn(id);
    }

    function test_NamesNobodyWhomAWithheldSetHarmed() public {
        bytes32 id = open(settleAll(100), 0);
        expectEvent(address(challenges));
        emit Offences.PenaltyDistributed(Offences.Offence.SetWithheld, stranger, address(0), 20, 0, 80);
        condemnAfter(id, 1 hours);
    }

    function test_TheSecondOfASettlementCostsNothing() public {
        ISetChallenges.Settlement memory settlement = settleAll(100);
        bytes32 first = open(settlement, 0);
        bytes32 second = open(settlement, 1);
        condemnAfter(first, 1 hours);
        expectEvent(address(challenges));
        emit ISetChallenges.SetCondemned(second, operator, idOf(settlement), 0, 0);
        challenges.condemn(second);
    }

    function test_BurnsAWeiThatMatures() public {
        bytes32 id = open(settleAll(1), 0);
        uint256 supplyWei = cor.totalSupply();
        condemnAfter(id, 1 hours);
        assertEq(supplyWei - cor.totalSupply(), 1, "burned");
        assertEq(cor.balanceOf(address(challenges)), 0, "nothing stays");
    }

    function test_SharesNothingOutWhereNothingMaturesAndNoBondIs() public {
        bytes32 id = open(settleAll(100), 0);
        startCounting();
        condemnAfter(id, 48 hours);
        assertEq(countOf(Offences.PenaltyDistributed.selector), 0, "no penalty");
        assertEq(earnedBy(operator), 100, "all of it is the operator's");
    }
}
