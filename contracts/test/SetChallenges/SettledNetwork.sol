// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { Chunks } from "../../src/libraries/Chunks.sol";
import { Settlements } from "../../src/libraries/Settlements.sol";
import { Network } from "../support/Network.sol";

/// A network whose operator, which has no bond, settled under the root of a set, and a stranger who may ask for its chunks.
abstract contract SettledNetwork is Network {
    uint256 internal constant DEPOSIT = 1e18;
    uint32 internal constant CHUNKS = 3;
    bytes32 internal constant SET = keccak256("root of the set's chunks");

    uint32 internal account;

    function setUp() public virtual override {
        super.setUp();
        account = fundedSession(100);
        cor.transfer(stranger, 100 * DEPOSIT);
        vm.prank(stranger);
        cor.approve(address(challenges), type(uint256).max);
    }

    /// The lane's first settlement, all of which the operator earns.
    function settleAll(uint96 amountWei) internal returns (ISetChallenges.Settlement memory settlement) {
        bytes memory debits = clientDebit(account, amountWei);
        settlement = ISetChallenges.Settlement({
            lane: operator,
            debitsHash: keccak256(debits),
            creditsHash: keccak256(""),
            settlementRoot: Chunks.settlementRoot(CHUNKS, SET),
            setCid: CID,
            previousHead: 0,
            timestamp: uint64(vm.getBlockTimestamp())
        });
        vm.prank(operator);
        payment.settle(operator, debits, "", settlement.settlementRoot, CID, "");
    }

    function open(ISetChallenges.Settlement memory settlement, uint32 index) internal returns (bytes32) {
        ISetChallenges.Link[] memory none = new ISetChallenges.Link[](0);
        vm.prank(stranger);
        return challenges.open(settlement, none, index);
    }

    function idOf(ISetChallenges.Settlement memory settlement) internal pure returns (bytes32) {
        return Settlements.hashSettlement(
            settlement.lane, settlement.debitsHash, settlement.creditsHash, settlement.settlementRoot, settlement.setCid
        );
    }
}
