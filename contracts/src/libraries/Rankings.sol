// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Rankings
/// @notice The highest of any number of keys, highest first, in a place of fixed size.
library Rankings {
    struct Ranking {
        uint256[] keys;
        uint256 count;
    }

    function create(uint256 size) internal pure returns (Ranking memory ranking) {
        ranking.keys = new uint256[](size);
    }

    /// @notice Puts a key where it belongs. In a full ranking the lowest falls out, which may be this one.
    function insert(Ranking memory ranking, uint256 key) internal pure {
        uint256[] memory keys = ranking.keys;
        uint256 place = ranking.count;
        if (place == keys.length) {
            if (place == 0 || key <= keys[place - 1]) return;
            place -= 1;
        } else {
            ranking.count += 1;
        }
        for (; place != 0 && keys[place - 1] < key; --place) {
            keys[place] = keys[place - 1];
        }
        keys[place] = key;
    }

    /// @notice Whether a key is among the ranked: no lower than the lowest of them.
    function holds(Ranking memory ranking, uint256 key) internal pure returns (bool) {
        return ranking.count != 0 && key >= ranking.keys[ranking.count - 1];
    }
}
