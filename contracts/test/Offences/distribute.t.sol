// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { Offences } from "../../src/libraries/Offences.sol";
import { ISlashable } from "../../src/interfaces/ISlashable.sol";
import { Network } from "../support/Network.sol";

/// A slasher that punishes whatever it is told to.
contract Punisher {
    Cor internal immutable _cor;
    ISlashable internal immutable _from;

    constructor(Cor cor, ISlashable from) {
        _cor = cor;
        _from = from;
    }

    function punish(Offences.Offence offence, address offender, uint256 penaltyWei, address finder, address harmed)
        external
    {
        Offences.distribute(_cor, offence, _from.slash(offender, penaltyWei, address(this)), finder, harmed);
    }
}

contract DistributeTest is Network {
    Punisher internal punisher;
    address internal finder = address(0xF1D);
    address internal harmed = address(0x4A3D);

    function setUp() public override {
        super.setUp();
        punisher = new Punisher(cor, bond);
        vm.prank(owner);
        bond.proposeSlasher(address(punisher));
        cor.approve(address(bond), 1e24);
        bond.deposit(operator, 1e24);
    }

    function test_EveryRowIsWholeAndBurnsMost() public pure {
        for (uint8 i = 0; i <= uint8(type(Offences.Offence).max); ++i) {
            Offences.Penalty memory row = Offences.penaltyOf(Offences.Offence(i));
            assertEq(uint256(row.finderBps) + row.harmedBps + row.burnedBps, 10_000, "shares");
            assertTrue(row.burnedBps >= 5_000, "accusing oneself costs at least half");
            assertTrue(row.causeBps + row.heldBps != 0, "no offence is free");
            assertTrue(row.heldBps <= 10_000, "not more than there is");
        }
    }

    function test_PricesEachOffence() public pure {
        assertEq(Offences.penaltyWeiUp(Offences.Offence.ReceiptUnpaid, 7, 1_000), 7, "once the receipt");
        assertEq(Offences.penaltyWeiUp(Offences.Offence.CheckpointUnpaid, 7, 1_000), 7, "once the segment");
        assertEq(Offences.penaltyWeiUp(Offences.Offence.SetWithheld, 7, 1_000), 100, "a tenth of the bond");
        assertEq(Offences.penaltyWeiUp(Offences.Offence.SetWithheld, 0, 1_001), 101, "rounded up");
        assertEq(Offences.penaltyWeiUp(Offences.Offence.WrongResult, 7, 1_000), 147, "21 times the fee");
        assertEq(Offences.penaltyWeiUp(Offences.Offence.Equivocation, 7, 1_000), 1_000, "all of it");
    }

    function assertShares(Offences.Offence offence, uint256 finderBps, uint256 harmedBps, string memory label)
        internal
        pure
    {
        Offences.Penalty memory row = Offences.penaltyOf(offence);
        assertEq(row.finderBps, finderBps, string.concat(label, ": finder"));
        assertEq(row.harmedBps, harmedBps, string.concat(label, ": harmed"));
    }

    function test_SharesEachPenaltyAsTheGlossarySays() public pure {
        assertShares(Offences.Offence.ReceiptUnpaid, 2_000, 3_000, "ReceiptUnpaid");
        assertShares(Offences.Offence.CheckpointUnpaid, 2_000, 3_000, "CheckpointUnpaid");
        assertShares(Offences.Offence.SetWithheld, 2_000, 0, "SetWithheld");
        assertShares(Offences.Offence.WrongResult, 2_000, 3_000, "WrongResult");
        assertShares(Offences.Offence.Equivocation, 1_000, 0, "Equivocation");
    }

    function test_PaysFinderAndHarmedAndBurnsTheRest() public {
        uint256 supplyWei = cor.totalSupply();
        expectEvent(address(punisher));
        emit Offences.PenaltyDistributed(Offences.Offence.ReceiptUnpaid, finder, harmed, 20, 30, 51);
        punisher.punish(Offences.Offence.ReceiptUnpaid, operator, 101, finder, harmed);
        assertEq(cor.balanceOf(finder), 20, "finder");
        assertEq(cor.balanceOf(harmed), 30, "harmed");
        assertEq(cor.totalSupply(), supplyWei - 51, "burned for good");
        assertEq(cor.balanceOf(address(punisher)), 0, "nothing stays");
    }

    function test_BurnsTheShareOfNobody() public {
        uint256 supplyWei = cor.totalSupply();
        punisher.punish(Offences.Offence.ReceiptUnpaid, operator, 100, address(0), harmed);
        assertEq(cor.totalSupply(), supplyWei - 70, "nobody found it");
        punisher.punish(Offences.Offence.ReceiptUnpaid, operator, 100, finder, address(0));
        assertEq(cor.totalSupply(), supplyWei - 150, "nobody was harmed");
        punisher.punish(Offences.Offence.SetWithheld, operator, 100, finder, harmed);
        assertEq(cor.totalSupply(), supplyWei - 230, "its row names nobody harmed");
        assertEq(cor.balanceOf(harmed), 30, "so only the first paid the harmed");
    }

    function testFuzz_SharesOutExactlyWhatWasTaken(uint8 seed, uint96 penaltyWei) public {
        Offences.Offence offence = Offences.Offence(bound(seed, 0, uint8(type(Offences.Offence).max)));
        uint256 supplyWei = cor.totalSupply();
        uint256 takenWei = penaltyWei < 1e24 ? penaltyWei : 1e24;
        (uint256 finderWei, uint256 harmedWei, uint256 burnedWei) = Offences.split(offence, takenWei);
        assertEq(finderWei + harmedWei + burnedWei, takenWei, "whole");
        Offences.Penalty memory row = Offences.penaltyOf(offence);
        assertEq(finderWei, takenWei * row.finderBps / 10_000, "finder, rounded down");
        assertEq(harmedWei, takenWei * row.harmedBps / 10_000, "harmed, rounded down");
        punisher.punish(offence, operator, penaltyWei, finder, harmed);
        assertEq(cor.balanceOf(finder), finderWei, "finder paid");
        assertEq(cor.balanceOf(harmed), harmedWei, "harmed paid");
        assertEq(cor.totalSupply(), supplyWei - burnedWei, "burned");
        assertEq(cor.balanceOf(address(bond)), 1e24 - takenWei, "from the bond");
    }
}
