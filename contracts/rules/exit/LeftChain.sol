// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { ILastState } from "../../src/interfaces/ILastState.sol";
import { LastState } from "../../src/l1/LastState.sol";
import { LayerLink } from "../layers/LayerLink.sol";
import { ShapedOracle, ShapedPortal } from "./ShapedOracle.sol";
import { Trie } from "./Trie.sol";

interface SlotVm {
    function load(address target, bytes32 slot) external view returns (bytes32);
}

/// A chain below, whose state is what its accounts and slots are here, and what proposes its outputs above.
abstract contract LeftChain is LayerLink {
    SlotVm internal constant slots = SlotVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint64 internal constant SILENCE_SECONDS = 5 days;

    address internal proposer = address(0x9409);
    ShapedPortal internal portal = new ShapedPortal();
    ShapedOracle internal oracle;
    LastState internal lastState;

    Trie.Entry[] internal _accounts;
    mapping(address account => Trie.Entry[]) internal _slots;

    function makeLastState() internal {
        onL1();
        lastState = LastState(maker.addressOf("lastState"));
        oracle = new ShapedOracle(address(lastState));
        bytes memory args = abi.encode(oracle, portal, proposer, SILENCE_SECONDS);
        make("lastState", abi.encodePacked(type(LastState).creationCode, args));
    }

    /* STATE */

    /// Takes a contract's slot in as it is now.
    function keep(address account, uint256 slot) internal {
        uint256 word = uint256(slots.load(account, bytes32(slot)));
        if (word == 0) return;
        bytes32 key = keccak256(abi.encode(slot));
        for (uint256 i = 0; i < _slots[account].length; ++i) {
            if (_slots[account][i].key == key) return;
        }
        _slots[account].push(Trie.Entry(key, RLP.encode(word)));
    }

    function keepAccount(address account, uint256 coinsWei) internal {
        bytes[] memory fields = new bytes[](4);
        (fields[0], fields[1]) = (RLP.encode(uint256(1)), RLP.encode(coinsWei));
        (fields[2], fields[3]) = (RLP.encode(Trie.rootOf(_slots[account])), RLP.encode(keccak256("code")));
        _accounts.push(Trie.Entry(keccak256(abi.encodePacked(account)), RLP.encode(fields)));
    }

    function proofOf(address account) internal view returns (bytes[] memory) {
        return Trie.prove(_accounts, keccak256(abi.encodePacked(account)));
    }

    function proofOf(address account, uint256 slot) internal view returns (bytes[] memory) {
        return Trie.prove(_slots[account], keccak256(abi.encode(slot)));
    }

    function output() internal view returns (ILastState.Output memory) {
        return ILastState.Output(Trie.rootOf(_accounts), keccak256("passer"), keccak256("block"));
    }

    function outputRoot() internal view returns (bytes32) {
        ILastState.Output memory last = output();
        return keccak256(abi.encode(bytes32(0), last.stateRoot, last.passerStorageRoot, last.blockHash));
    }

    /* LIFE */

    function post(bytes32 root) internal {
        uint256 number = oracle.nextBlockNumber();
        vm.prank(proposer);
        lastState.proposeL2Output(root, number, 0, 0);
    }

    function passSeconds(uint256 count) internal {
        vm.warp(vm.getBlockTimestamp() + count);
    }

    /// Posts the state as it is, asks, and fixes it.
    function fixState() internal {
        onL1();
        post(outputRoot());
        passSeconds(1);
        lastState.ask();
        passSeconds(7 days);
        lastState.fixLast(output());
    }

    function signLeave(uint256 key, address account, address verifier, address to)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(abi.encode(keccak256("Leave(address account,address to)"), account, to));
        return signTyped(key, verifier, structHash);
    }

    function signTyped(uint256 key, address verifier, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domainOf(verifier), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function domainOf(address verifier) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Cortensor"),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
    }
}
