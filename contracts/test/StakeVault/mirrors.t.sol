// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { Network } from "../support/Network.sol";

/// Keeps the last message that it was given.
contract KeepingMessenger is IMessenger {
    uint64 public dst;
    address public to;
    bytes public body;
    uint256 public gasLimit;

    function send(uint64 dst_, address to_, bytes calldata body_, uint256 gasLimit_)
        external
        payable
        returns (bytes32)
    {
        (dst, to, body, gasLimit) = (dst_, to_, body_, gasLimit_);
        return bytes32(0);
    }
}

contract MirrorsTest is Network {
    function test_TellsAMirrorWhatIsStakedWithTheGasThatAViewNeeds() public {
        KeepingMessenger kept = new KeepingMessenger();
        vm.prank(owner);
        expectEvent(address(vault));
        emit IStakeVault.MirrorAdded(address(kept), 42, stranger);
        vault.addMirror(kept, 42, stranger);
        cor.approve(address(vault), 100);
        vault.stake(operator, 100);
        vm.prank(operator);
        vault.requestUnstake(operator, 40);

        assertEq(kept.dst(), 42, "chain");
        assertEq(kept.to(), stranger, "view");
        assertEq(keccak256(kept.body()), keccak256(abi.encode(operator, uint96(60), uint64(2))), "stake and sequence");
        assertEq(kept.gasLimit(), 200_000, "gas");
        assertEq(vault.stakeOf(operator).sequence, 2, "the vault's own count");
    }
}
