// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title LevelRules
/// @notice How levels are found and what they grant: `docs/NODE_LIFE.md`. Bound to `packages/protocol` by `vectors/levelRecord.json`.
library LevelRules {
    /// How a node did at one of the network's tasks: right and in time; wrong or too slow; not there.
    enum Outcome {
        Passed,
        Failed,
        Missed
    }

    struct Change {
        uint8 level;
        /// When it began, in seconds of chain time.
        uint40 at;
    }

    /// What is known of a node's capability: the level, and what the next change of it depends on.
    struct Record {
        uint8 level;
        /// Passes on end at the next difficulty.
        uint8 passes;
        /// Outcomes at the level's own difficulty since it has it, latest in the lowest two bits; `keptCount` of them.
        uint24 kept;
        uint8 keptCount;
        /// Tasks in all.
        uint32 tasks;
        /// Changes of level in all. The latest 32 are kept: the one with number n at n mod 32.
        uint32 changes;
        Change[32] history;
    }

    uint8 internal constant LEVEL_MAX = 10;
    /// @notice Most that an engine gets which can't score given token ids: what it does can't be proved.
    uint8 internal constant UNPROVED_LEVEL_MAX = 3;
    /// @notice Tries of the next difficulty that a node passes on end to rise by one.
    uint256 internal constant RISE_PASSES = 3;
    /// @notice Tasks of its own level that are looked at, and how many of them, not passed, cost a level.
    uint256 internal constant KEEP_WINDOW = 10;
    uint256 internal constant FALL_MISSES = 4;
    uint256 internal constant HISTORY_MAX = 32;

    function mayEnterPool(uint8 level) internal pure returns (bool) {
        return level >= 1;
    }

    function mayCreate(uint8 level) internal pure returns (bool) {
        return level >= 2;
    }

    /// @notice Whether it may score the network's tasks: above whatever an unproved engine can reach.
    function mayValidate(uint8 level) internal pure returns (bool) {
        return level > UNPROVED_LEVEL_MAX;
    }

    function highestLevel(bool isProved) internal pure returns (uint8) {
        return isProved ? LEVEL_MAX : UNPROVED_LEVEL_MAX;
    }

    /// @notice The difficulty of a node's next task: by turns its own level's and the next one's. Level 0 always gets the first.
    function nextDifficulty(Record storage record, bool isProved) internal view returns (uint8) {
        uint8 level = record.level;
        if (level == 0) return 1;
        return level >= highestLevel(isProved) || record.tasks % 2 == 0 ? level : level + 1;
    }

    /// @notice Counts one more task, at the difficulty that `nextDifficulty` says.
    function count(Record storage record, Outcome outcome, bool isProved, uint40 at) internal {
        bool isTry = nextDifficulty(record, isProved) > record.level;
        record.tasks += 1;
        if (isTry) {
            uint8 passes = outcome == Outcome.Passed ? record.passes + 1 : 0;
            record.passes = passes;
            if (passes == RISE_PASSES) change(record, record.level + 1, at);
            return;
        }
        uint24 kept = uint24((uint256(record.kept) << 2 | uint8(outcome)) & (1 << 2 * KEEP_WINDOW) - 1);
        record.kept = kept;
        if (record.keptCount < KEEP_WINDOW) record.keptCount += 1;
        if (_notPassed(kept) >= FALL_MISSES) change(record, record.level - 1, at);
    }

    /// @notice Another level. What the next change depends on is counted anew.
    function change(Record storage record, uint8 level, uint40 at) internal {
        (record.level, record.passes, record.kept, record.keptCount) = (level, 0, 0, 0);
        record.history[record.changes % HISTORY_MAX] = Change(level, at);
        record.changes += 1;
    }

    /// @notice The changes that are kept, latest last.
    function historyOf(Record storage record) internal view returns (Change[] memory history) {
        uint256 changes = record.changes;
        history = new Change[](changes < HISTORY_MAX ? changes : HISTORY_MAX);
        for (uint256 i = 0; i < history.length; ++i) {
            history[i] = record.history[(changes - history.length + i) % HISTORY_MAX];
        }
    }

    /// A passed outcome is 0, so is one that isn't there.
    function _notPassed(uint256 kept) private pure returns (uint256 found) {
        for (; kept != 0; kept >>= 2) {
            if (kept & 3 != 0) found += 1;
        }
    }
}
