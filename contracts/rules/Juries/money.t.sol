// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IJuries } from "../../src/interfaces/IJuries.sol";
import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

/// Bonds, the freeze, and the way to the stake.
contract MoneyTest is JuryNetwork {
    address internal minerOwner = ownerOfNode(0);

    function assertSettled(uint256 openerWei, uint256 minerWei) internal view {
        assertEq(cor.balanceOf(opener), 9e18 + openerWei, "opener");
        assertEq(cor.balanceOf(minerOwner), minerWei, "miner's owner");
        assertEq(cor.balanceOf(address(juries)), 0, "keeps nothing");
    }

    function test_ABondOfAClearedResultIsItsMinersOwners() public {
        open();
        seat();
        judge(0);
        assertSettled(0, 1e18);
    }

    function test_ABondComesBackFromAWrongResult() public {
        judged(4);
        expire();
        assertEnding(DisputeSteps.Ending.Withheld, "withheld");
        assertSettled(1e18, 0);
        assertTrue(!juries.isFrozen(miner), "no freeze without a slash");
    }

    function test_ABondComesBackWhereNobodyCouldDecide() public {
        open();
        expire();
        expire();
        expire();
        assertEnding(DisputeSteps.Ending.Undrawn, "undrawn");
        assertSettled(1e18, 0);
    }

    function test_AnAppealsBondComesBackWhenItIsWon() public {
        reheard();
        uint256 held = cor.balanceOf(address(this));
        vote(dispute().secondJurors, 0);
        assertEnding(DisputeSteps.Ending.Cleared, "won");
        assertEq(cor.balanceOf(address(this)) - held, 1e18, "the appellant's");
        assertSettled(0, 1e18);
    }

    function test_AnAppealsBondIsTheOpenersWhenItIsLost() public {
        reheard();
        vote(dispute().secondJurors, 7);
        assertSettled(2e18, 0);
    }

    function test_AnAppealsBondComesBackWhereNoSecondJuryCouldBeDrawn() public {
        judged(7);
        uint256 held = cor.balanceOf(address(this));
        appeal();
        expire();
        expire();
        expire();
        assertEnding(DisputeSteps.Ending.Slashed, "the first verdict stands");
        assertEq(cor.balanceOf(address(this)), held, "the appellant's");
        assertSettled(1e18, 0);
    }

    function test_AVerdictFreezesUntilTheSlash() public {
        judged(7);
        assertTrue(juries.isFrozen(miner), "from the verdict on");
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotSlashed.selector, number));
        juries.execute(number);
        expire();
        assertTrue(juries.isFrozen(miner), "until the stake pays");
        uint256 supply = cor.totalSupply();
        juries.execute(number);
        assertEq(vault.stakeOf(minerOwner).heldWei, STAKE - 42e18, "21 fees");
        assertEq(cor.balanceOf(client), 12.6e18, "the client's three tenths");
        assertEq(cor.balanceOf(opener), 10e18 + 8.4e18, "the bond, and the finder's fifth");
        assertEq(supply - cor.totalSupply(), 21e18, "half is burned");
        assertTrue(!juries.isFrozen(miner), "paid");
        vm.expectRevert(abi.encodeWithSelector(IJuries.SentAlready.selector, number));
        juries.execute(number);
    }

    function test_AWonAppealEndsTheFreeze() public {
        reheard();
        assertTrue(juries.isFrozen(miner), "still");
        vote(dispute().secondJurors, 3);
        assertTrue(!juries.isFrozen(miner), "won");
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotSlashed.selector, number));
        juries.execute(number);
    }

    function test_AFreezeEndsAfterFourteenDays() public {
        judged(7);
        uint256 until = dispute().at + 14 days;
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IJuries.FrozenUntil.selector, until));
        juries.thaw(number);
        vm.warp(until);
        juries.thaw(number);
        assertTrue(!juries.isFrozen(miner), "nobody carried it out");
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotFrozen.selector, number));
        juries.thaw(number);
        juries.expire(number);
        juries.execute(number);
        assertEq(vault.stakeOf(minerOwner).heldWei, STAKE - 42e18, "the slash is still due");
    }

    function test_RevertWhen_TheAnswerIsNotTheSlashers() public {
        judged(7);
        bytes memory body = abi.encode(number);
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotMessenger.selector, address(this)));
        juries.onMessage(uint64(block.chainid), address(slasher), 0, body);
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotSlasher.selector, uint64(block.chainid), address(this)));
        messenger.send(uint64(block.chainid), address(juries), body, 200_000);
        assertTrue(juries.isFrozen(miner), "nothing changed");
    }

    function test_RevertWhen_TheSlasherIsNamedAgain() public {
        vm.expectRevert(abi.encodeWithSelector(IJuries.NamedAlready.selector, address(slasher)));
        juries.nameSlasher(uint64(block.chainid), address(this));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotDeployer.selector, stranger));
        juries.nameSlasher(uint64(block.chainid), address(this));
    }

    /// However a dispute goes, each bond that was put down is somebody's again, once.
    function testFuzz_EveryBondIsPaidBackOnce(uint256 found, uint256 wrong, uint256 secondWrong, bool isAppealed)
        public
    {
        (found, wrong, secondWrong) = (bound(found, 0, 3), bound(wrong, 0, 7), bound(secondWrong, 0, 7));
        uint256 all = cor.balanceOf(address(this)) + cor.balanceOf(opener);
        open();
        seat();
        judge(found);
        if (dispute().phase == DisputeSteps.Phase.Called) {
            empanel();
            vote(dispute().jurors, wrong);
        }
        if (dispute().phase == DisputeSteps.Phase.Judged && isAppealed) {
            appeal();
            empanel();
            vote(dispute().secondJurors, secondWrong);
        }
        if (dispute().phase == DisputeSteps.Phase.Judged) expire();
        assertPhase(DisputeSteps.Phase.Ended, "ended");
        assertEq(cor.balanceOf(address(juries)), 0, "nothing is left");
        uint256 paidWei = cor.balanceOf(address(this)) + cor.balanceOf(opener) + cor.balanceOf(minerOwner);
        assertEq(paidWei, all, "nothing is lost");
        assertTrue(juries.isFrozen(miner) == (dispute().ending == DisputeSteps.Ending.Slashed), "frozen for a slash");
    }
}
