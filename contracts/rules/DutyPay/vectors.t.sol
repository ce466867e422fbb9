// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { IRouters } from "../../src/interfaces/IRouters.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { DutyPay } from "../../src/l2/guards/DutyPay.sol";
import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { GuardVectors } from "../support/GuardVectors.sol";
import { PostedRoots } from "./PayNetwork.sol";

/// A token, a registry and a payment in one: what is claimed is counted, and every validator owns itself.
contract CountedPay {
    uint256 public paidWei;

    function cor() external view returns (address) {
        return address(this);
    }

    function ownerOf(address validator) external pure returns (address) {
        return validator;
    }

    function transfer(address, uint256 amountWei) external returns (bool) {
        paidWei += amountWei;
        return true;
    }
}

/// The golden vectors: what guards attest that validators have earned is what the contract pays.
contract DutyPayVectorsTest is GuardVectors {
    PostedRoots internal posted = new PostedRoots();
    CountedPay internal counted = new CountedPay();
    DutyPay internal pay =
        new DutyPay(ISessionPayment(address(counted)), IAttestations(address(posted)), IRouters(address(counted)));

    /// The root of kind 6 that has leaves: the last.
    function payRoot() internal view returns (string memory path) {
        path = at("roots", countOf("", ".roots") - 1);
        assertTrue(keccak256(text(path, ".kind")) == keccak256("dutyPay"), "the last root");
    }

    function test_PaysEveryLeafOfTheRoot() public {
        string memory path = payRoot();
        EpochRoots.EpochRoot memory parts = EpochRoots.EpochRoot({
            fromEpoch: uint64(number(path, ".fromEpoch")),
            epoch: uint64(number(path, ".epoch")),
            count: uint32(countOf(path, ".leaves")),
            merkleRoot: word(path, ".merkleRoot")
        });
        uint64 subject = uint64(number(path, ".subjectChainId"));
        assertEq(subject, block.chainid, "of this chain");
        posted.set(subject, 6, parts.epoch, word(path, ".root"));
        uint256 sumWei = 0;
        for (uint256 i = 0; i < parts.count; ++i) {
            string memory leaf = string.concat(path, ".leaves", index(i));
            bytes32[] memory siblings = vm.parseJsonBytes32Array(vectors, string.concat(path, ".paths", index(i)));
            uint256 earnedWei = number(leaf, ".earnedWei");
            sumWei += earnedWei;
            assertEq(pay.claim(account(leaf, ".validator"), uint96(earnedWei), parts, siblings), earnedWei, "paid");
        }
        assertTrue(parts.count >= 3, "there are leaves");
        assertEq(counted.paidWei(), sumWei, "all of them");
    }
}
