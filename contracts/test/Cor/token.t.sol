// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { Assertions } from "../support/Assertions.sol";

contract TokenTest is Assertions {
    address internal holder = address(0x4012);
    Cor internal cor;

    function setUp() public {
        cor = new Cor(holder);
    }

    function test_GivesOneHolderAThousandMillion() public view {
        assertEq(cor.totalSupply(), 1e27, "in wei");
        assertEq(cor.SUPPLY_WEI(), 1e27, "as it says");
        assertEq(cor.balanceOf(holder), 1e27, "all the holder's");
        assertEq(cor.decimals(), 18, "decimals");
    }

    function test_IsCalledCor() public view {
        assertEq(keccak256(bytes(cor.name())), keccak256("Cortensor"), "name");
        assertEq(keccak256(bytes(cor.symbol())), keccak256("COR"), "symbol");
    }

    /// What a permit is signed under.
    function test_SignsPermitsUnderItsName() public view {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain =
            keccak256(abi.encode(domainType, keccak256("Cortensor"), keccak256("1"), block.chainid, address(cor)));
        assertEq(cor.DOMAIN_SEPARATOR(), domain, "domain");
    }

    function test_IsBurnedByWhoHoldsIt() public {
        vm.prank(holder);
        cor.burn(1e26);
        assertEq(cor.totalSupply(), 9e26, "left");
    }
}
