// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Accusations } from "../../src/libraries/Accusations.sol";
import { Verdicts } from "../../src/libraries/Verdicts.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

/// Prints what each step costs beyond calldata.
contract JuriesGasTest is JuryNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant STEP_MOST = 3_000_000;

    function measure(string memory label, address sender, bytes memory data) internal {
        vm.cool(address(juries));
        vm.cool(address(pool));
        vm.cool(address(registry));
        vm.cool(address(weights));
        vm.prank(sender);
        uint256 before = gasleft();
        (bool ok,) = address(juries).call(data);
        uint256 gas = before - gasleft();
        assertTrue(ok, label);
        emit log_named_uint(label, gas);
        assertTrue(gas <= STEP_MOST, "a step's gas is bounded");
    }

    function test_GasOfEachStep() public {
        Accusations.Accusation memory shown = evidence();
        measure("open", opener, abi.encodeCall(juries.open, (abi.encode(shown))));
        number = 1;
        toClaims();
        measure("claim of a validator", stranger, abi.encodeCall(juries.claim, (number, nodeOf(1))));
        claimAll();
        measure("seat", stranger, abi.encodeCall(juries.seat, (number)));
        judgeMeasured();
        toClaims();
        measure("claim of a juror", stranger, abi.encodeCall(juries.claim, (number, nodeOf(1))));
        claimAll();
        measure("empanel", stranger, abi.encodeCall(juries.empanel, (number)));
        votesMeasured();
        vm.warp(dispute().deadline);
        measure("expire of the appeal's day", stranger, abi.encodeCall(juries.expire, (number)));
        measure("execute, with the slash", stranger, abi.encodeCall(juries.execute, (number)));
    }

    function judgeMeasured() internal {
        address[] memory validators = dispute().validators;
        bytes32 commitment = Verdicts.commitmentOf(
            block.chainid, attestations, validators[0], verdictBy(validators[0], Verdicts.Outcome.Failed)
        );
        measure("commit", validators[0], abi.encodeCall(juries.commit, (number, commitment)));
        commit(validators[1], Verdicts.Outcome.Failed);
        commit(validators[2], Verdicts.Outcome.Failed);
        Verdicts.Verdict memory verdict = verdictBy(validators[0], Verdicts.Outcome.Failed);
        bytes memory data =
            abi.encodeCall(juries.reveal, (number, verdict.outcome, verdict.stats, verdict.firstDiff, verdict.salt));
        measure("reveal", validators[0], data);
        reveal(validators[1], Verdicts.Outcome.Failed);
        reveal(validators[2], Verdicts.Outcome.Failed);
    }

    function votesMeasured() internal {
        address[] memory jurors = dispute().jurors;
        bytes memory data = abi.encodeCall(juries.vote, (number, true));
        measure("vote", jurors[0], data);
        for (uint256 i = 1; i < jurors.length - 1; ++i) {
            vm.prank(jurors[i]);
            juries.vote(number, true);
        }
        measure("last vote, which freezes", jurors[jurors.length - 1], data);
    }
}
