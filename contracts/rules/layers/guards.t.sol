// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IFirstGuards } from "../../src/interfaces/IFirstGuards.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { ILayerMaker } from "../../src/interfaces/ILayerMaker.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { FirstGuards } from "../../src/messaging/FirstGuards.sol";
import { LayerMaker } from "../../src/messaging/LayerMaker.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { GivenSet } from "../messaging/QuorumLink.sol";

contract FirstGuardsTest is Assertions {
    address internal constant STRANGER = address(0x5742);
    GivenSet internal sets = new GivenSet();
    FirstGuards internal first;

    function setUp() public {
        first = new FirstGuards(guards(3), sets.t0(), sets.epochSeconds(), address(this));
    }

    function guards(uint256 count) internal pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = address(uint160(i + 1));
        }
    }

    function packedAt(uint64 epoch) internal view returns (bytes memory) {
        (address members,) = first.storedSetAt(epoch);
        return StoredBytes.read(members);
    }

    function test_AreAskedUntilASuccessorHasAnybody() public {
        bytes memory expected = "";
        for (uint160 i = 1; i <= 3; ++i) {
            expected = bytes.concat(expected, abi.encodePacked(address(i), uint96(1 ether)));
        }
        assertEq(keccak256(packedAt(5)), keccak256(expected), "alone");
        first.succeed(IGuardSets(address(sets)));
        assertEq(keccak256(packedAt(5)), keccak256(expected), "none was fixed");
        sets.give("", 0);
        assertEq(keccak256(packedAt(5)), keccak256(expected), "nobody is in it");
        bytes memory theirs = abi.encodePacked(STRANGER, uint96(7 ether));
        sets.give(theirs, 1);
        assertEq(keccak256(packedAt(5)), keccak256(theirs), "the successor's");
        (, uint32 frozen) = first.storedSetAt(5);
        assertEq(frozen, 1, "whom it froze");
    }

    function test_RevertWhen_SomebodyElseNamesOrAgain() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        first.succeed(IGuardSets(address(sets)));
        first.succeed(IGuardSets(address(sets)));
        vm.expectRevert(abi.encodeWithSelector(IFirstGuards.SucceededAlready.selector, address(sets)));
        first.succeed(IGuardSets(address(sets)));
    }

    function test_RevertWhen_TheSuccessorCountsEpochsOtherwise() public {
        FirstGuards other = new FirstGuards(guards(1), sets.t0() + 1, sets.epochSeconds(), address(this));
        bytes memory refusal = abi.encodeWithSelector(IFirstGuards.EpochsOther.selector, sets.t0(), sets.epochSeconds());
        vm.expectRevert(refusal);
        other.succeed(IGuardSets(address(sets)));
    }

    function makeWith(address[] memory list) public returns (FirstGuards) {
        return new FirstGuards(list, 1, 1, address(this));
    }

    function test_RevertWhen_ThereAreNoneTooManyOrNotInOrder() public {
        vm.expectRevert(abi.encodeWithSelector(IFirstGuards.GuardsNone.selector));
        this.makeWith(guards(0));
        vm.expectRevert(abi.encodeWithSelector(IFirstGuards.GuardsTooMany.selector, 33, 32));
        this.makeWith(guards(33));
        assertTrue(address(this.makeWith(guards(32))) != address(0), "as many as may be");
        address[] memory twice = guards(2);
        twice[1] = twice[0];
        vm.expectRevert(abi.encodeWithSelector(IFirstGuards.GuardsUnordered.selector, twice[0]));
        this.makeWith(twice);
    }

    function test_TheMakerMakesWhereItSaidOnce() public {
        LayerMaker maker = new LayerMaker();
        address said = maker.addressOf("sets");
        assertEq(said.code.length, 0, "not yet");
        (address made, bytes32 codeHash) = maker.make("sets", type(GivenSet).creationCode);
        assertEq(made, said, "where it said");
        assertEq(codeHash, address(sets).codehash, "its code");
        vm.expectRevert(abi.encodeWithSelector(ILayerMaker.MadeAlready.selector, bytes32("sets"), said));
        maker.make("sets", type(GivenSet).creationCode);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILayerMaker.NotDeployer.selector, STRANGER));
        maker.make("other", type(GivenSet).creationCode);
    }
}
