// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Checkpoints } from "../../src/libraries/Checkpoints.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Splits } from "../../src/libraries/Splits.sol";
import { DigestVectors } from "../support/DigestVectors.sol";

/// The golden vectors of what claims are made on, and of the splits.
contract ClaimsParityTest is DigestVectors {
    function test_HashesTheCreditNoteVector() public view {
        string memory path = at("CreditNote");
        assertEq(CreditNotes.CREDIT_NOTE_TYPEHASH, word(path, ".typeHash"), "typeHash");
        CreditNotes.CreditNote memory note = CreditNotes.CreditNote({
            operator: account(path, "operator"),
            payee: account(path, "payee"),
            cumulativeWei: uint96(number(path, "cumulativeWei")),
            receiptsRoot: word(path, ".message.receiptsRoot"),
            count: uint32(number(path, "count")),
            epoch: uint64(number(path, "epoch"))
        });
        assertDigest(path, "registry", CreditNotes.hashNote(note));
    }

    function test_HashesThePaidSegmentVector() public view {
        string memory path = at("PaidSegment");
        assertEq(CreditNotes.PAID_SEGMENT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        CreditNotes.PaidSegment memory paid = CreditNotes.PaidSegment({
            taskId: word(path, ".message.taskId"),
            replica: uint8(number(path, "replica")),
            segment: uint16(number(path, "segment")),
            netWei: uint96(number(path, "netWei"))
        });
        assertDigest(path, "registry", CreditNotes.hashSegment(paid));
    }

    function test_HashesTheReceiptVector() public view {
        string memory path = at("Receipt");
        assertEq(Receipts.RECEIPT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Receipts.Receipt memory receipt = Receipts.Receipt({
            taskId: word(path, ".message.taskId"),
            account: uint32(number(path, "account")),
            operator: account(path, "operator"),
            resultsHash: word(path, ".message.resultsHash"),
            payeesHash: word(path, ".message.payeesHash"),
            feeWei: uint96(number(path, "feeWei")),
            nIn: uint32(number(path, "nIn")),
            nOut: uint32(number(path, "nOut")),
            custody: uint8(number(path, "custody")),
            finish: uint8(number(path, "finish")),
            epoch: uint64(number(path, "epoch")),
            splitsHash: word(path, ".message.splitsHash")
        });
        assertDigest(path, "registry", Receipts.hashReceipt(receipt));
    }

    function test_HashesTheAssignmentVector() public view {
        string memory path = at("Assignment");
        assertEq(Checkpoints.ASSIGNMENT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Checkpoints.Assignment memory assignment = Checkpoints.Assignment({
            taskId: word(path, ".message.taskId"),
            miner: account(path, "miner"),
            replica: uint8(number(path, "replica")),
            segment: uint16(number(path, "segment")),
            from: uint32(number(path, "from")),
            kernelClass: word(path, ".message.kernelClass"),
            epoch: uint64(number(path, "epoch")),
            expires: uint64(number(path, "expires")),
            weiPerTokenIn: uint96(number(path, "weiPerTokenIn")),
            weiPerTokenOut: uint96(number(path, "weiPerTokenOut"))
        });
        assertDigest(path, "registry", Checkpoints.hashAssignment(assignment));
    }

    function test_HashesTheAcknowledgementVector() public view {
        string memory path = at("Acknowledgement");
        assertEq(Checkpoints.ACKNOWLEDGEMENT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Checkpoints.Acknowledgement memory acknowledgement = Checkpoints.Acknowledgement({
            taskId: word(path, ".message.taskId"),
            miner: account(path, "miner"),
            replica: uint8(number(path, "replica")),
            segment: uint16(number(path, "segment")),
            position: uint32(number(path, "position")),
            tokenRoot: word(path, ".message.tokenRoot")
        });
        assertDigest(path, "registry", Checkpoints.hashAcknowledgement(acknowledgement));
    }

    /// The table itself, its hashes, and every miner's net of the vectors' fees.
    function test_SplitsFeesAsTheVectorsDo() public view {
        string memory splits = vm.readFile("packages/protocol/vectors/splits.json");
        uint256 leastBps = Splits.BPS;
        for (uint256 i = 0; i < 4; ++i) {
            string memory row = string.concat("[", vm.toString(i), "]");
            string memory class = vm.parseJsonString(splits, string.concat(row, ".sessionClass"));
            bool validated = keccak256(bytes(class)) == keccak256("validated");
            bool modelOwned = i % 2 == 1;
            Splits.Shares memory shares = Splits.sharesOf(validated, modelOwned);
            assertEq(shares.minersBps, bps(splits, row, "minersBps"), "miners");
            assertEq(shares.validatorsBps, bps(splits, row, "validatorsBps"), "validators");
            assertEq(shares.routerBps, bps(splits, row, "routerBps"), "router");
            assertEq(shares.treasuryBps, bps(splits, row, "treasuryBps"), "treasury");
            assertEq(shares.modelOwnerBps, bps(splits, row, "modelOwnerBps"), "model owner");
            bytes32 hash = vm.parseJsonBytes32(splits, string.concat(row, ".splitsHash"));
            assertEq(Splits.hashShares(shares), hash, "hash");
            assertEq(Splits.minersBpsOf(hash), shares.minersBps, "found by its hash");
            if (shares.minersBps < leastBps) leastBps = shares.minersBps;
            checkNets(splits, row, shares.minersBps);
        }
        assertEq(leastBps, Splits.MINERS_BPS_MIN, "the smallest miners' part");
    }

    function checkNets(string memory splits, string memory row, uint256 minersBps) internal view {
        uint256 nets = 0;
        for (uint256 i = 0; i < 64; ++i) {
            string memory fee = string.concat(row, ".fees[", vm.toString(i), "]");
            if (!vm.keyExistsJson(splits, fee)) break;
            for (uint256 j = 0; j < 64; ++j) {
                string memory index = string.concat("[", vm.toString(j), "]");
                if (!vm.keyExistsJson(splits, string.concat(fee, ".payeesWei", index))) break;
                uint256 amountWei = vm.parseJsonUint(splits, string.concat(fee, ".payeesWei", index));
                uint256 netWei = vm.parseJsonUint(splits, string.concat(fee, ".netWei", index));
                assertEq(Splits.netWeiDown(amountWei, minersBps), netWei, "net");
                nets += 1;
            }
        }
        assertTrue(nets >= 4, "there are fees");
    }

    function bps(string memory splits, string memory row, string memory field) internal pure returns (uint256) {
        return vm.parseJsonUint(splits, string.concat(row, ".", field));
    }
}
