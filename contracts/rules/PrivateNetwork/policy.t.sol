// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMembers } from "../../src/interfaces/IMembers.sol";
import { IPolicy } from "../../src/interfaces/IPolicy.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Gate } from "./Gate.sol";

contract PolicyTest is Gate {
    function expectPolicy(bytes32 policy) internal {
        vm.expectRevert(abi.encodeWithSelector(IPolicy.PolicyRefused.selector, policy));
    }

    function refuses(ISessions.SessionParams memory params, bytes32 policy) internal {
        expectPolicy(policy);
        vm.prank(member);
        sessions.create(params);
    }

    /* SESSIONS */

    function test_AMemberOpensASession() public {
        uint32 account = openSession(member);
        assertEq(sessions.ownerOf(account), member, "its owner");
        vm.prank(member);
        sessions.update(account, someParams());
    }

    function test_RevertWhen_WhoMayNotOpensASession() public {
        address[5] memory others = [stranger, auditor, billing, operator, address(this)];
        for (uint256 i = 0; i < 5; ++i) {
            expectPolicy("role");
            vm.prank(others[i]);
            sessions.create(someParams());
        }
        expectPolicy("team");
        vm.prank(admin);
        sessions.create(someParams());
    }

    function test_RevertWhen_ASessionBreaksAPolicy() public {
        ISessions.SessionParams memory params = someParams();
        params.privacy = 1;
        refuses(params, "privacy");
        params = someParams();
        params.modelIdentifier = keccak256("another model");
        refuses(params, "model");
        params.modelIdentifier = 0;
        refuses(params, "model");
        params = someParams();
        params.auditMode = 1;
        refuses(params, "audit");
        params = someParams();
        params.engine = 1;
        refuses(params, "engine");
        params = someParams();
        params.redundant = 3;
        refuses(params, "copies");
        params = someParams();
        params.maxTaskExecutionCount = 11;
        refuses(params, "tasks");
        params.maxTaskExecutionCount = 0;
        refuses(params, "tasks");
    }

    function test_RevertWhen_AnUpdateBreaksAPolicy() public {
        uint32 account = openSession(member);
        ISessions.SessionParams memory params = someParams();
        params.privacy = 0;
        expectPolicy("privacy");
        vm.prank(member);
        sessions.update(account, params);
        vm.prank(admin);
        gate.revoke(member);
        expectPolicy("role");
        vm.prank(member);
        sessions.update(account, someParams());
        vm.prank(member);
        sessions.deactivateSession(account);
    }

    function test_RevertWhen_AServiceHasAnotherName() public {
        vm.prank(owner);
        gate.setService(keccak256("triage"), MODEL);
        refuses(someParams(), "service");
        ISessions.SessionParams memory params = someParams();
        params.name = "triage";
        vm.prank(member);
        sessions.create(params);
        vm.prank(owner);
        gate.setService(keccak256("triage"), 0);
        openSession(member);
    }

    function test_RevertWhen_AMemberOpensTooMany() public {
        openSession(member);
        openSession(member);
        refuses(someParams(), "sessions");
        vm.warp(vm.getBlockTimestamp() + 1 days);
        openSession(member);
    }

    function test_RevertWhen_ASessionIsHandedToAnOutsider() public {
        uint32 account = openSession(member);
        vm.prank(member);
        sessions.updateOwner(account, stranger);
        vm.warp(vm.getBlockTimestamp() + 1 days);
        expectPolicy("role");
        vm.prank(stranger);
        sessions.acceptOwner(account);
    }

    function test_RevertWhen_ARouterIsNoneOfTheNetworks() public {
        uint32 account = openSession(member);
        expectPolicy("role");
        vm.prank(member);
        sessions.addRouter(account, stranger);
        vm.prank(member);
        sessions.addRouter(account, operator);
    }

    /* MONEY */

    function test_RevertWhen_AnOutsiderPaysOrOwns() public {
        address[3] memory others = [stranger, auditor, operator];
        for (uint256 i = 0; i < 3; ++i) {
            expectPolicy("role");
            gate.noteDeposit(1, member, others[i], 10);
            expectPolicy("role");
            gate.noteDeposit(1, others[i], member, 10);
        }
        expectPolicy("team");
        gate.noteDeposit(1, admin, member, 10);
        gate.noteDeposit(1, member, billing, 10);
        gate.noteDeposit(1, member, admin, 10);
        vm.prank(admin);
        gate.revoke(member);
        expectPolicy("role");
        gate.noteDeposit(1, member, billing, 10);
    }

    function test_RevertWhen_ATeamsBudgetIsSpent() public {
        gate.noteDeposit(1, member, member, 60);
        assertEq(gate.budgetLeftWei(TEAM), 40, "left");
        vm.expectRevert(abi.encodeWithSelector(IPolicy.BudgetSpent.selector, TEAM, 40, 41));
        gate.noteDeposit(2, member, member, 41);
        vm.warp(vm.getBlockTimestamp() + 1 days);
        gate.noteDeposit(2, member, member, 41);
        vm.prank(billing);
        gate.setBudget(TEAM, 40);
        assertEq(gate.budgetLeftWei(TEAM), 0, "nothing is left");
    }

    function test_RevertWhen_ASessionHasEnough() public {
        gate.noteDeposit(1, member, member, 80);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.DepositAboveLimit.selector, 1, 80, 81));
        gate.noteDeposit(1, member, member, 1);
    }

    /* RULES */

    function test_RevertWhen_TheRulesAreChangedByAnother() public {
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(gate.setLimits, (someLimits()));
        calls[1] = abi.encodeCall(gate.setModel, (MODEL, false));
        calls[2] = abi.encodeCall(gate.setService, (MODEL, MODEL));
        calls[3] = abi.encodeCall(gate.join, (stranger, stranger));
        address[3] memory others = [admin, member, stranger];
        for (uint256 i = 0; i < 4; ++i) {
            for (uint256 j = 0; j < 3; ++j) {
                vm.prank(others[j]);
                (bool done, bytes memory reason) = address(gate).call(calls[i]);
                assertTrue(!done, "refused");
                bytes memory refusal = abi.encodeWithSelector(IMembers.NotOwner.selector, others[j]);
                assertEq(keccak256(reason), keccak256(refusal), "as not an owner's");
            }
        }
        vm.expectRevert(abi.encodeWithSelector(IPolicy.NotForBilling.selector, admin));
        vm.prank(admin);
        gate.setBudget(TEAM, 1);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.JoinedAlready.selector));
        vm.prank(owner);
        gate.join(stranger, stranger);
    }

    function test_RevertWhen_AnotherContractNotes() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicy.NotJoined.selector, owner));
        vm.prank(owner);
        gate.noteSession(member, someParams());
        vm.expectRevert(abi.encodeWithSelector(IPolicy.NotJoined.selector, owner));
        vm.prank(owner);
        gate.noteDeposit(1, member, member, 1);
    }

    function test_RevertWhen_ThereIsNoPeriodOrNoTeam() public {
        IPolicy.Limits memory limits = someLimits();
        limits.budgetSeconds = 0;
        vm.expectRevert(abi.encodeWithSelector(IPolicy.NobodysBudget.selector));
        vm.prank(owner);
        gate.setLimits(limits);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.NobodysBudget.selector));
        vm.prank(owner);
        gate.setBudget(0, 1);
    }
}
