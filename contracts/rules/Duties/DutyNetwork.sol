// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NodeLevels } from "../../src/l2/NodeLevels.sol";
import { Duties } from "../../src/l2/guards/Duties.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

/// Guards 1 to 4, a guard set for epoch 6, and miners by higher numbers; it is the beginning of epoch 6.
abstract contract DutyNetwork is GuardNetwork {
    uint8 internal constant ROLE_MINER = 2;
    uint8 internal constant LEVEL = 4;

    bytes32 internal constant CID = keccak256("document");
    bytes internal constant OUTCOMES = hex"1120";

    Duties internal duties;
    NodeLevels internal levels;

    function setUp() public virtual override {
        super.setUp();
        levels = new NodeLevels(owner);
        vm.prank(owner);
        levels.addAssessor(owner);
        duties = new Duties(sets, levels);
        joinAll(4, STAKE_MIN);
        fix(6);
    }

    function addMiner(uint256 number, uint8 level, uint256 stakeWei) internal {
        registerNode(number, ROLE_MINER);
        if (stakeWei != 0) setStake(number, stakeWei);
        vm.prank(owner);
        levels.assess(guardOf(number), level);
    }

    function secretOf(uint64 epoch, uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", epoch, number));
    }

    function commitmentTo(uint64 epoch, uint256 number, bytes32 secret) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("duty-secret-v1", block.chainid, epoch, guardOf(number), secret));
    }

    function commitmentOf(uint64 epoch, uint256 number) internal view returns (bytes32) {
        return commitmentTo(epoch, number, secretOf(epoch, number));
    }

    function commit(uint64 epoch, uint256 number) internal {
        bytes32 commitment = commitmentOf(epoch, number);
        vm.prank(guardOf(number));
        duties.commit(epoch, commitment);
    }

    function verdictsOf(uint64 epoch, uint256 number) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked("duty-verdicts-v1", block.chainid, epoch, guardOf(number), CID, bytes(OUTCOMES))
        );
    }

    function commitVerdicts(uint64 epoch, uint256 number) internal {
        bytes32 commitment = verdictsOf(epoch, number);
        vm.prank(guardOf(number));
        duties.commitVerdicts(epoch, commitment);
    }

    function show(uint64 epoch, uint256 number) internal {
        vm.prank(guardOf(number));
        duties.show(epoch, secretOf(epoch, number), 0, "");
    }

    function showWith(uint64 epoch, uint256 number, bytes32 documentCid, bytes memory outcomes) internal {
        vm.prank(guardOf(number));
        duties.show(epoch, secretOf(epoch, number), documentCid, outcomes);
    }
}
