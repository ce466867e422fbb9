// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Offences } from "../../src/libraries/Offences.sol";
import { StrictToken } from "../tokens/StrictToken.sol";
import { Assertions } from "../support/Assertions.sol";

contract NothingTakenTest is Assertions {
    function test_MovesAndBurnsNothingOfNothing() public {
        StrictToken token = new StrictToken();
        for (uint8 i = 0; i <= uint8(type(Offences.Offence).max); ++i) {
            Offences.distribute(token, Offences.Offence(i), 0, address(0xF1D), address(0x4A3D));
        }
        assertEq(token.totalSupply(), 1_000, "all is there");
    }
}
