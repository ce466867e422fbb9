// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGrants } from "../../src/interfaces/IGrants.sol";
import { Grants } from "../../src/l2/Grants.sol";
import { Assertions } from "../../test/support/Assertions.sol";

/// An owner's grants of one object, and another owner's.
contract GrantsRevokeTest is Assertions {
    uint256 internal constant NOW = 2_000_000;
    bytes32 internal constant GRANT = keccak256("grant");
    bytes32 internal constant OTHER = keccak256("another grant of the object");
    bytes32 internal constant KEPT = keccak256("kept half");

    address internal owner = address(0x0123);
    address internal stranger = address(0x4567);
    Grants internal grants;

    function setUp() public {
        vm.warp(NOW);
        grants = new Grants();
    }

    function revoke(address by, bytes32 grantHash) internal {
        vm.prank(by);
        grants.revoke(grantHash);
    }

    function revokeObject(address by, bytes32 keptHash) internal {
        vm.prank(by);
        grants.revokeObject(keptHash);
    }

    function test_TakesBackOneGrantOfTheCallers() public {
        expectEvent(address(grants));
        emit IGrants.GrantRevoked(owner, GRANT);
        revoke(owner, GRANT);
        assertEq(grants.revokedAt(owner, GRANT, KEPT), NOW, "the grant");
        assertEq(grants.revokedAt(owner, OTHER, KEPT), 0, "another of the object");
    }

    function test_CountsForNobodyElsesGrants() public {
        revoke(stranger, GRANT);
        revokeObject(stranger, KEPT);
        assertEq(grants.revokedAt(owner, GRANT, KEPT), 0, "the owner's stands");
    }

    function test_TakesBackAllOfAnObject() public {
        expectEvent(address(grants));
        emit IGrants.ObjectRevoked(owner, KEPT);
        revokeObject(owner, KEPT);
        assertEq(grants.revokedAt(owner, GRANT, KEPT), NOW, "one grant");
        assertEq(grants.revokedAt(owner, OTHER, KEPT), NOW, "another");
        assertEq(grants.revokedAt(owner, GRANT, keccak256("another half")), 0, "another object's");
    }

    function test_CountsFromTheEarlierOfBoth() public {
        revoke(owner, GRANT);
        vm.warp(NOW + 10);
        revokeObject(owner, KEPT);
        assertEq(grants.revokedAt(owner, GRANT, KEPT), NOW, "the grant came first");
        assertEq(grants.revokedAt(owner, OTHER, KEPT), NOW + 10, "the object did");
        vm.warp(NOW + 20);
        revoke(owner, OTHER);
        assertEq(grants.revokedAt(owner, OTHER, KEPT), NOW + 10, "and still does");
    }

    function test_RevertWhen_TheHashIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IGrants.HashZero.selector));
        revoke(owner, 0);
        vm.expectRevert(abi.encodeWithSelector(IGrants.HashZero.selector));
        revokeObject(owner, 0);
    }

    function test_RevertWhen_ItWasTakenBackBefore() public {
        revoke(owner, GRANT);
        revokeObject(owner, KEPT);
        vm.expectRevert(abi.encodeWithSelector(IGrants.KnownRevoked.selector, owner, GRANT));
        revoke(owner, GRANT);
        vm.expectRevert(abi.encodeWithSelector(IGrants.KnownRevoked.selector, owner, KEPT));
        revokeObject(owner, KEPT);
    }
}
