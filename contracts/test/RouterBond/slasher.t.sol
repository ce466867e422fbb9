// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISlashable } from "../../src/interfaces/ISlashable.sol";
import { Network } from "../support/Network.sol";

contract BondSlasherTest is Network {
    function test_SeatsTheFirstSlasherAtOnceAndTheNextADayAfterEverybodyCouldLeave() public {
        vm.prank(owner);
        expectEvent(address(bond));
        emit ISlashable.SlasherChanged(operator);
        bond.proposeSlasher(operator);
        uint256 holdsFrom = vm.getBlockTimestamp() + 7 days + 1 days;
        vm.prank(owner);
        expectEvent(address(bond));
        emit ISlashable.SlasherProposed(stranger, holdsFrom);
        bond.proposeSlasher(stranger);
        assertEq(bond.proposedSlasher(), stranger, "proposed");
        assertEq(bond.slasherHoldsFrom(), holdsFrom, "holds from");
        assertEq(bond.slasher(), operator, "not yet");

        vm.warp(holdsFrom);
        bond.acceptSlasher();
        assertEq(bond.slasher(), stranger, "the next");
        assertEq(bond.slasherHoldsFrom(), 0, "nothing more is proposed");
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NoSlasherProposed.selector));
        bond.acceptSlasher();
    }
}
