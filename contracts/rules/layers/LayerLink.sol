// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Messages } from "../../src/libraries/Messages.sol";
import { LayerMaker } from "../../src/messaging/LayerMaker.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { ChainVm } from "../messaging/ChainVm.sol";
import { SetPause } from "../messaging/SetPause.sol";
import { KeptMessenger } from "./KeptMessenger.sol";

/// Two chains in one machine, and a link between them whose messages wait for the test.
abstract contract LayerLink is Assertions {
    ChainVm internal constant chains = ChainVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint64 internal constant L1 = 31_337;
    uint64 internal constant L2 = 900;

    SetPause internal pause = new SetPause();
    LayerMaker internal maker = new LayerMaker();
    KeptMessenger internal up;
    KeptMessenger internal down;

    function makeLink() internal {
        down = KeptMessenger(maker.addressOf("down"));
        up = KeptMessenger(maker.addressOf("up"));
        // Of the chain that its constructor names itself none: it is the id that has it.
        make("down", abi.encodePacked(type(KeptMessenger).creationCode, abi.encode(link(L2, address(up)))));
        make("up", abi.encodePacked(type(KeptMessenger).creationCode, abi.encode(link(L1, address(down)))));
    }

    function link(uint64 remoteChainId, address remote) internal view returns (LinkMessenger.Link memory) {
        return LinkMessenger.Link(remoteChainId, remote, pause);
    }

    function make(bytes32 name, bytes memory creation) internal {
        (address made,) = maker.make(name, creation);
        assertEq(made, maker.addressOf(name), "where it was said");
    }

    function onL1() internal {
        chains.chainId(L1);
    }

    function onL2() internal {
        chains.chainId(L2);
    }

    /// Hands the L2 what the L1 sent.
    function carryDown(uint256 index) internal {
        onL2();
        up.receiveBatch(one(down.sentAt(index)));
    }

    /// Hands the L1 what the L2 sent.
    function carryUp(uint256 index) internal {
        onL1();
        down.receiveBatch(one(up.sentAt(index)));
    }

    function one(Messages.Message memory message) internal pure returns (Messages.Message[] memory batch) {
        batch = new Messages.Message[](1);
        batch[0] = message;
    }
}
