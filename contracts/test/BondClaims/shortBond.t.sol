// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

/// Says that it holds more than it gives.
contract ShortBond {
    function bondOf(address) external pure returns (IRouterBond.Bond memory) {
        return IRouterBond.Bond(500, 0, 0);
    }

    function slash(address, uint256 amountWei, address) external pure returns (uint256 takenWei) {
        return amountWei - 1;
    }
}

contract ShortBondTest is ClaimsNetwork {
    function test_RevertWhen_TheBondGivesLessThanItHolds() public {
        IRouterBond short_ = IRouterBond(address(new ShortBond()));
        bondClaims = new BondClaims(registry, payment, short_, address(challenges));
        bytes32 id = openNote(signedNote(100));
        passDay();
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.BondMoved.selector, 99, 100));
        bondClaims.finalise(id);
    }
}
