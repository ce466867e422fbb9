// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { IDutyPay } from "../../src/interfaces/IDutyPay.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { DutyPay } from "../../src/l2/guards/DutyPay.sol";
import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { CallingToken } from "../../test/support/HostileTokens.sol";
import { PayNetwork } from "./PayNetwork.sol";

contract DutyPayClaimTest is PayNetwork {
    function test_CollectsWhatLanesCredited() public {
        creditFund(100);
        vm.expectEmit(true, true, true, true, address(pay));
        emit IDutyPay.FeesCollected(stranger, 100);
        vm.prank(stranger);
        assertEq(pay.collect(lanes()), 100, "collected");
        assertEq(cor.balanceOf(address(pay)), 100, "held");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingToWithdraw.selector, address(pay)));
        pay.collect(lanes());
    }

    function test_PaysTheOwnerWhatWasAttested_WhoeverClaims() public {
        creditFund(100);
        pay.collect(lanes());
        EpochRoots.EpochRoot memory parts = post(7, 60, 40);
        vm.expectEmit(true, true, true, true, address(pay));
        emit IDutyPay.DutiesPaid(ann, annsOwner, stranger, 7, 60, 60);
        vm.prank(stranger);
        assertEq(pay.claim(ann, 60, parts, beside(ben, 40)), 60, "paid");
        assertEq(cor.balanceOf(annsOwner), 60, "the owner's");
        assertEq(pay.paidWeiOf(ann), 60, "counted");
        assertEq(pay.claim(ben, 40, parts, beside(ann, 60)), 40, "the other's");
        assertEq(cor.balanceOf(bensOwner), 40, "the other owner's");
        assertEq(cor.balanceOf(address(pay)), 0, "to the wei");
    }

    function test_ANewerRootPaysWhatIsNew_AlsoWithoutThoseBetween() public {
        creditFund(100);
        pay.collect(lanes());
        pay.claim(ann, 60, post(7, 60, 0), beside(ben, 0));
        post(8, 70, 10);
        EpochRoots.EpochRoot memory parts = post(9, 75, 25);
        assertEq(pay.claim(ann, 75, parts, beside(ben, 25)), 15, "the difference");
        assertEq(pay.claim(ben, 25, parts, beside(ann, 75)), 25, "all of its");
    }

    function test_RevertWhen_NothingIsDue() public {
        creditFund(100);
        pay.collect(lanes());
        EpochRoots.EpochRoot memory older = post(7, 50, 0);
        EpochRoots.EpochRoot memory parts = post(8, 60, 40);
        pay.claim(ann, 60, parts, beside(ben, 40));
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.NothingDue.selector, ann, 60, 60));
        pay.claim(ann, 60, parts, beside(ben, 40));
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.NothingDue.selector, ann, 50, 60));
        pay.claim(ann, 50, older, beside(ben, 0));
        assertEq(cor.balanceOf(annsOwner), 60, "once");
    }

    function test_RevertWhen_TheRootIsntPosted() public {
        creditFund(100);
        pay.collect(lanes());
        EpochRoots.EpochRoot memory parts = partsOf(7, 60, 40);
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.RootForeign.selector, 7, rootOf(parts), bytes32(0)));
        pay.claim(ann, 60, parts, beside(ben, 40));
        // Another kind's, another chain's.
        posted.set(uint64(block.chainid), KIND - 1, 7, rootOf(parts));
        posted.set(uint64(block.chainid) + 1, KIND, 7, rootOf(parts));
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.RootForeign.selector, 7, rootOf(parts), bytes32(0)));
        pay.claim(ann, 60, parts, beside(ben, 40));
        bytes32 root = rootOf(post(7, 60, 40));
        parts.fromEpoch -= 1;
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.RootForeign.selector, 7, rootOf(parts), root));
        pay.claim(ann, 60, parts, beside(ben, 40));
        parts = partsOf(7, 61, 40);
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.RootForeign.selector, 7, rootOf(parts), root));
        pay.claim(ann, 61, parts, beside(ben, 40));
    }

    function test_RevertWhen_TheLeafIsntUnderIt() public {
        creditFund(100);
        pay.collect(lanes());
        EpochRoots.EpochRoot memory parts = post(7, 60, 40);
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.EarnedUnproved.selector, ann, 61));
        pay.claim(ann, 61, parts, beside(ben, 40));
        // Another's proof.
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.EarnedUnproved.selector, ben, 60));
        pay.claim(ben, 60, parts, beside(ben, 40));
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.EarnedUnproved.selector, ann, 60));
        pay.claim(ann, 60, parts, new bytes32[](0));
        assertEq(cor.balanceOf(address(pay)), 100, "nothing left");
    }

    function test_RevertWhen_NobodyOwnsTheValidator() public {
        creditFund(100);
        pay.collect(lanes());
        ann = stranger;
        EpochRoots.EpochRoot memory parts = post(7, 60, 40);
        vm.expectRevert(abi.encodeWithSelector(IDutyPay.ValidatorUnknown.selector, stranger));
        pay.claim(stranger, 60, parts, beside(ben, 40));
    }

    function test_RevertWhen_TooLittleWasCollected() public {
        creditFund(60);
        EpochRoots.EpochRoot memory parts = post(7, 60, 40);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(pay), 0, 60));
        pay.claim(ann, 60, parts, beside(ben, 40));
        pay.collect(lanes());
        pay.claim(ann, 60, parts, beside(ben, 40));
        // Even roots that attest more than was ever credited pay no more than that.
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(pay), 0, 40));
        pay.claim(ben, 40, parts, beside(ann, 60));
        assertEq(pay.paidWeiOf(ben), 0, "still due");
    }
}

/// A payment whose token calls whoever it is told to, and that pays who asks.
contract CallingPayment {
    IERC20 public immutable cor;

    constructor(IERC20 cor_) {
        cor = cor_;
    }

    function withdraw(address, address[] calldata, address to) external returns (uint256) {
        cor.transfer(to, 10);
        return 10;
    }
}

contract DutyPayHostileTokenTest is PayNetwork {
    function test_RevertWhen_TheTokenCallsBack() public {
        CallingToken token = new CallingToken();
        CallingPayment calling = new CallingPayment(token);
        token.transfer(address(calling), 100);
        pay = new DutyPay(ISessionPayment(address(calling)), IAttestations(address(posted)), registry);
        pay.collect(lanes());
        EpochRoots.EpochRoot memory parts = post(7, 3, 2);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(pay.collect, (lanes()));
        calls[1] = abi.encodeCall(pay.claim, (ben, 2, parts, beside(ann, 3)));
        bytes memory reentered = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < calls.length; ++i) {
            token.callInTransfers(address(pay), calls[i]);
            vm.expectRevert(reentered);
            pay.claim(ann, 3, parts, beside(ben, 2));
            vm.expectRevert(reentered);
            pay.collect(lanes());
        }
        assertEq(pay.paidWeiOf(ann) + pay.paidWeiOf(ben), 0, "nothing moved");
    }
}
