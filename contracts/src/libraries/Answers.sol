// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Answers
/// @notice The one form in which answers are compared and handed over.
library Answers {
    /// @notice An answer without the white space (blank, tab, line feed, carriage return) around it. Nothing else is changed.
    function normalise(bytes calldata output) internal pure returns (bytes calldata) {
        uint256 from = 0;
        uint256 to = output.length;
        while (from < to && isSpace(output[from])) ++from;
        while (to > from && isSpace(output[to - 1])) --to;
        return output[from:to];
    }

    function isSpace(bytes1 char) internal pure returns (bool) {
        return char == " " || char == "\t" || char == "\n" || char == "\r";
    }
}
