// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { LevelRules } from "../../src/libraries/LevelRules.sol";
import { Assertions } from "../../test/support/Assertions.sol";

/// The records of levels that the rules of `packages/protocol` make, task by task.
contract LevelsTest is Assertions {
    using LevelRules for LevelRules.Record;

    mapping(uint256 index => LevelRules.Record) internal records;
    string internal vectors = vm.readFile("packages/protocol/vectors/levelRecord.json");

    function test_FindsTheLevelsOfTheVectors() public {
        uint256 traces = 0;
        while (vm.keyExistsJson(vectors, string.concat("[", vm.toString(traces), "]"))) {
            replay(traces++);
        }
        assertEq(traces, 8, "traces");
    }

    function replay(uint256 index) internal {
        string memory trace = string.concat("[", vm.toString(index), "]");
        bool isProved = vm.parseJsonBool(vectors, string.concat(trace, ".isProved"));
        string[] memory outcomes = vm.parseJsonStringArray(vectors, string.concat(trace, ".outcomes"));
        uint256[] memory levels = figures(trace, ".levels");
        uint256[] memory passes = figures(trace, ".passes");
        uint256[] memory kept = figures(trace, ".kept");
        uint256[] memory difficulties = figures(trace, ".difficulties");
        LevelRules.Record storage record = records[index];
        for (uint256 i = 0; i < outcomes.length; ++i) {
            record.count(outcomeOf(outcomes[i]), isProved, uint40(1_000_000 + i));
            assertEq(record.level, levels[i], "level");
            assertEq(record.passes, passes[i], "passes");
            assertEq(record.keptCount, kept[i], "kept");
            assertEq(record.tasks, i + 1, "tasks");
            assertEq(record.nextDifficulty(isProved), difficulties[i], "difficulty");
        }
        LevelRules.Change[] memory history = record.historyOf();
        uint256[] memory historyLevels = figures(trace, ".historyLevels");
        uint256[] memory historySeconds = figures(trace, ".historySeconds");
        assertEq(history.length, historyLevels.length, "history");
        for (uint256 i = 0; i < history.length; ++i) {
            assertEq(history[i].level, historyLevels[i], "level of history");
            assertEq(history[i].at, historySeconds[i], "second of history");
        }
    }

    function test_GrantsWhatTheTableSays() public pure {
        for (uint8 level = 0; level <= 10; ++level) {
            assertTrue(LevelRules.mayEnterPool(level) == (level >= 1), "pool");
            assertTrue(LevelRules.mayCreate(level) == (level >= 2), "makes tasks");
            assertTrue(LevelRules.mayValidate(level) == (level >= 4), "validates");
        }
    }

    function figures(string memory trace, string memory field) internal view returns (uint256[] memory) {
        return vm.parseJsonUintArray(vectors, string.concat(trace, field));
    }

    function outcomeOf(string memory name) internal pure returns (LevelRules.Outcome) {
        bytes32 hash = keccak256(bytes(name));
        if (hash == keccak256("passed")) return LevelRules.Outcome.Passed;
        return hash == keccak256("failed") ? LevelRules.Outcome.Failed : LevelRules.Outcome.Missed;
    }
}
