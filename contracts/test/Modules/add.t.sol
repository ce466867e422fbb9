// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IModules } from "../../src/interfaces/IModules.sol";
import { Modules } from "../../src/l1/Modules.sol";
import { Network } from "../support/Network.sol";

contract AddTest is Network {
    Modules internal modules;

    function setUp() public override {
        super.setUp();
        modules = new Modules(owner);
    }

    function one(bytes32 name, address module) internal pure returns (IModules.Entry[] memory entries) {
        entries = new IModules.Entry[](1);
        entries[0] = IModules.Entry(name, module);
    }

    function test_AppendsVersionsAndLeavesTheOlderOnes() public {
        vm.prank(owner);
        modules.add(one("Sessions", address(sessions)));
        expectEvent(address(modules));
        emit IModules.ModuleAdded("Sessions", 2, address(payment));
        vm.prank(owner);
        modules.add(one("Sessions", address(payment)));
        (address module, uint32 version) = modules.latest("Sessions");
        assertEq(module, address(payment), "latest");
        assertEq(version, 2, "version");
        assertEq(modules.moduleAt("Sessions", 1), address(sessions), "older");
    }

    function test_RevertWhen_NotTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        modules.add(one("Sessions", address(sessions)));
    }

    function test_RevertWhen_TheEntryIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IModules.NameEmpty.selector));
        vm.prank(owner);
        modules.add(one("", address(sessions)));
        vm.expectRevert(abi.encodeWithSelector(IModules.ModuleWithoutCode.selector, bytes32("Sessions"), stranger));
        vm.prank(owner);
        modules.add(one("Sessions", stranger));
    }

    function test_RevertWhen_ReadingWhatIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModules.ModuleUnknown.selector, bytes32("Sessions"), 0));
        modules.latest("Sessions");
        vm.prank(owner);
        modules.add(one("Sessions", address(sessions)));
        vm.expectRevert(abi.encodeWithSelector(IModules.ModuleUnknown.selector, bytes32("Sessions"), 2));
        modules.moduleAt("Sessions", 2);
    }
}
