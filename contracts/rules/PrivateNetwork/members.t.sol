// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMembers } from "../../src/interfaces/IMembers.sol";
import { Gate } from "./Gate.sol";

contract MembersTest is Gate {
    function roleOf(address account) internal view returns (uint256) {
        return uint256(gate.roleOf(account));
    }

    function expectRole(address account, IMembers.Role role, string memory label) internal view {
        assertEq(roleOf(account), uint256(role), label);
    }

    /* ROLES */

    function test_EnrolsWhomTheListNames() public view {
        expectRole(owner, IMembers.Role.Owner, "owner");
        expectRole(admin, IMembers.Role.Admin, "admin");
        expectRole(member, IMembers.Role.Member, "member");
        expectRole(billing, IMembers.Role.Billing, "billing");
        expectRole(auditor, IMembers.Role.Auditor, "auditor");
        expectRole(operator, IMembers.Role.Node, "node");
        expectRole(stranger, IMembers.Role.None, "stranger");
        assertTrue(!gate.isDenied(member) && !gate.isDenied(billing) && !gate.isDenied(operator), "they enter");
        assertTrue(gate.isDenied(stranger) && gate.isDenied(auditor), "they don't");
        assertEq(gate.teamOf(member), TEAM, "team");
        assertEq(gate.teamOf(stranger), 0, "no team");
    }

    function test_RevertWhen_AListIsPublishedByWhoIsNoSteward() public {
        IMembers.Member[] memory members = listOf(stranger);
        (bytes32 root, bytes32[][] memory paths) = treeOf(members);
        address[4] memory others = [stranger, member, billing, operator];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMembers.NotSteward.selector, others[i]));
            vm.prank(others[i]);
            gate.publish(root, members, paths);
        }
        vm.expectRevert(abi.encodeWithSelector(IMembers.RootZero.selector));
        vm.prank(admin);
        gate.publish(0, members, paths);
        assertEq(gate.listNumber(), 1, "the first list holds");
    }

    function test_RevertWhen_TheLeafIsAnother() public {
        (, bytes32[][] memory paths) = treeOf(listOf(member));
        IMembers.Member[] memory one = new IMembers.Member[](1);
        bytes32[][] memory path = new bytes32[][](1);
        path[0] = paths[0];
        one[0] = IMembers.Member(stranger, IMembers.Role.Member, TEAM);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotListed.selector, stranger));
        gate.enrol(one, path);
        one[0] = IMembers.Member(member, IMembers.Role.Billing, TEAM);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotListed.selector, member));
        gate.enrol(one, path);
        one[0] = IMembers.Member(member, IMembers.Role.Member, TEAM + 1);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotListed.selector, member));
        gate.enrol(one, path);
    }

    /// An admin makes lists: if they made owners, it could make itself one.
    function test_RevertWhen_AListNamesAStewardOrNobody() public {
        IMembers.Member[] memory members = listOf(stranger);
        IMembers.Role[3] memory roles = [IMembers.Role.Owner, IMembers.Role.Admin, IMembers.Role.None];
        for (uint256 i = 0; i < 3; ++i) {
            members[0].role = roles[i];
            (bytes32 root, bytes32[][] memory paths) = treeOf(members);
            vm.expectRevert(abi.encodeWithSelector(IMembers.RoleUnfit.selector, stranger, roles[i]));
            vm.prank(admin);
            gate.publish(root, members, paths);
        }
        members = listOf(owner);
        (bytes32 demoting, bytes32[][] memory all) = treeOf(members);
        vm.expectRevert(abi.encodeWithSelector(IMembers.IsSteward.selector, owner, IMembers.Role.Owner));
        vm.prank(admin);
        gate.publish(demoting, members, all);
    }

    function test_RevertWhen_TooManyOrPathsAreMissing() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.TooManyMembers.selector, 257, 256));
        gate.enrol(new IMembers.Member[](257), new bytes32[][](257));
        vm.expectRevert(abi.encodeWithSelector(IMembers.PathsMissing.selector, 1, 2));
        gate.enrol(new IMembers.Member[](2), new bytes32[][](1));
    }

    function test_ANewListVoidsTheOldOne() public {
        publish(owner, listOf(stranger));
        expectRole(member, IMembers.Role.None, "no longer");
        expectRole(stranger, IMembers.Role.Member, "the new one");
        (, bytes32[][] memory paths) = treeOf(listOf(member));
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotListed.selector, member));
        gate.enrol(listOf(member), paths);
    }

    /* OFF-BOARDING */

    function test_ARevokedMemberIsNoneUntilALaterListNamesIt() public {
        vm.prank(admin);
        gate.revoke(member);
        expectRole(member, IMembers.Role.None, "revoked");
        (, bytes32[][] memory paths) = treeOf(listOf(member));
        vm.expectRevert(abi.encodeWithSelector(IMembers.RevokedInList.selector, member, 1));
        gate.enrol(listOf(member), paths);
        publish(admin, listOf(member));
        expectRole(member, IMembers.Role.Member, "named again");
    }

    /// Also who is listed and not enrolled yet.
    function test_RevokesWhoIsntEnrolled() public {
        vm.prank(admin);
        gate.revoke(stranger);
        vm.expectRevert(abi.encodeWithSelector(IMembers.RevokedInList.selector, stranger, 1));
        vm.prank(member);
        gate.rotate(member, stranger);
    }

    function test_RevertWhen_WhoIsNoStewardRevokesOrAStewardIsRevoked() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotSteward.selector, member));
        vm.prank(member);
        gate.revoke(billing);
        vm.expectRevert(abi.encodeWithSelector(IMembers.IsSteward.selector, owner, IMembers.Role.Owner));
        vm.prank(admin);
        gate.revoke(owner);
    }

    /* STEWARDS */

    function test_RevertWhen_WhoIsNoOwnerAppointsOrDismisses() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotOwner.selector, admin));
        vm.prank(admin);
        gate.appoint(admin, IMembers.Role.Owner, 0);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotOwner.selector, admin));
        vm.prank(admin);
        gate.dismiss(owner);
        vm.expectRevert(abi.encodeWithSelector(IMembers.RoleUnfit.selector, stranger, IMembers.Role.Member));
        vm.prank(owner);
        gate.appoint(stranger, IMembers.Role.Member, 0);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotASteward.selector, member));
        vm.prank(owner);
        gate.dismiss(member);
    }

    function test_TheLastOwnerStays() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.LastOwner.selector, owner));
        vm.prank(owner);
        gate.dismiss(owner);
        vm.expectRevert(abi.encodeWithSelector(IMembers.LastOwner.selector, owner));
        vm.prank(owner);
        gate.appoint(owner, IMembers.Role.Admin, 0);
        vm.prank(owner);
        gate.appoint(stranger, IMembers.Role.Owner, 0);
        vm.prank(owner);
        gate.dismiss(owner);
        expectRole(owner, IMembers.Role.None, "gone");
        assertEq(gate.ownerCount(), 1, "one is left");
    }

    /* KEYS */

    function test_AMemberRotatesItsKey() public {
        vm.prank(member);
        gate.rotate(member, stranger);
        expectRole(member, IMembers.Role.None, "the old key");
        expectRole(stranger, IMembers.Role.Member, "the new key");
        assertEq(gate.teamOf(stranger), TEAM, "its team");
        vm.prank(owner);
        gate.rotate(admin, address(0xAD32));
        expectRole(address(0xAD32), IMembers.Role.Admin, "a steward's");
    }

    function test_RevertWhen_AKeyIsRotatedByAnotherOrOntoAMember() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotSteward.selector, billing));
        vm.prank(billing);
        gate.rotate(member, stranger);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotSteward.selector, admin));
        vm.prank(admin);
        gate.rotate(owner, stranger);
        vm.expectRevert(abi.encodeWithSelector(IMembers.KnownMember.selector, billing));
        vm.prank(member);
        gate.rotate(member, billing);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotMember.selector, stranger));
        vm.prank(owner);
        gate.rotate(stranger, member);
        vm.expectRevert(abi.encodeWithSelector(IMembers.AccountZero.selector));
        vm.prank(member);
        gate.rotate(member, address(0));
    }
}
