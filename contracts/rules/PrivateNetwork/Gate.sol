// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMembers } from "../../src/interfaces/IMembers.sol";
import { IPolicy } from "../../src/interfaces/IPolicy.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { PrivateNetwork } from "../../src/l3/PrivateNetwork.sol";
import { PrivateSessions } from "../../src/l3/PrivateSessions.sol";
import { Assertions } from "../../test/support/Assertions.sol";

/// A private network's gate and sessions, with one list of four: a member, billing, an auditor and a node's operator. The test stands in the
/// payment's place: the real one needs the IR compiler, and asks the gate in `packages/chain/test/privateNetwork.test.ts`.
abstract contract Gate is Assertions {
    bytes32 internal constant MODEL = keccak256("a model");
    uint16 internal constant TEAM = 1;

    PrivateNetwork internal gate;
    PrivateSessions internal sessions;

    address internal owner = address(0x0123);
    address internal admin = address(0xAD31);
    address internal member = address(0x3E3B);
    address internal billing = address(0xB111);
    address internal auditor = address(0xA0D1);
    address internal operator = address(0x09E2);
    address internal stranger = address(0x57A4);

    function setUp() public virtual {
        vm.warp(1_000_000);
        gate = new PrivateNetwork(owner);
        sessions = new PrivateSessions(gate);
        vm.prank(owner);
        gate.appoint(admin, IMembers.Role.Admin, 0);
        vm.prank(owner);
        gate.setLimits(someLimits());
        vm.prank(owner);
        gate.setModel(MODEL, true);
        vm.prank(owner);
        gate.setBudget(TEAM, 100);
        vm.prank(owner);
        gate.join(address(sessions), address(this));
        publish(admin, listOf(member));
    }

    function someLimits() internal pure returns (IPolicy.Limits memory) {
        return IPolicy.Limits({
            sessionsPerMember: 2,
            tasksPerSession: 10,
            copies: 1,
            auditModes: 1,
            provedEnginesOnly: true,
            anyModel: false,
            budgetSeconds: 1 days,
            depositWeiPerSession: 80
        });
    }

    function someParams() internal pure returns (ISessions.SessionParams memory params) {
        params.name = "session";
        params.minNumOfNodes = 1;
        params.maxNumOfNodes = 3;
        params.redundant = 1;
        params.privacy = 2;
        params.modelIdentifier = MODEL;
        params.maxTaskExecutionCount = 10;
    }

    function listOf(address who) internal view returns (IMembers.Member[] memory members) {
        members = new IMembers.Member[](4);
        members[0] = IMembers.Member(who, IMembers.Role.Member, TEAM);
        members[1] = IMembers.Member(billing, IMembers.Role.Billing, 0);
        members[2] = IMembers.Member(auditor, IMembers.Role.Auditor, 0);
        members[3] = IMembers.Member(operator, IMembers.Role.Node, 0);
    }

    function publish(address by, IMembers.Member[] memory members) internal {
        (bytes32 root, bytes32[][] memory paths) = treeOf(members);
        vm.prank(by);
        gate.publish(root, members, paths);
    }

    function openSession(address by) internal returns (uint32 account) {
        vm.prank(by);
        (account,) = sessions.create(someParams());
    }

    function leafOf(IMembers.Member memory one) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256("ListedMember(address account,uint8 role,uint16 team)");
        return keccak256(abi.encode(keccak256(abi.encode(typeHash, one.account, uint8(one.role), one.team))));
    }

    /// A tree of four.
    function treeOf(IMembers.Member[] memory members) internal pure returns (bytes32 root, bytes32[][] memory paths) {
        bytes32 left = pair(leafOf(members[0]), leafOf(members[1]));
        bytes32 right = pair(leafOf(members[2]), leafOf(members[3]));
        paths = new bytes32[][](4);
        for (uint256 i = 0; i < 4; ++i) {
            paths[i] = new bytes32[](2);
            paths[i][0] = leafOf(members[i ^ 1]);
            paths[i][1] = i < 2 ? right : left;
        }
        return (pair(left, right), paths);
    }

    function pair(bytes32 one, bytes32 other) internal pure returns (bytes32) {
        return one < other ? keccak256(abi.encode(one, other)) : keccak256(abi.encode(other, one));
    }
}
