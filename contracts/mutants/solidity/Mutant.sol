// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Which mutant is on: the number that stands where a block's coinbase does. None is 0.
library Mutant {
    function on(uint256 number) internal pure returns (bool) {
        return active() == number;
    }

    /// Reads the block, but looks pure, so that pure code may be switched too.
    function active() internal pure returns (uint256) {
        function() internal view returns (uint256) reads = _coinbase;
        function() internal pure returns (uint256) looksPure;
        assembly { looksPure := reads }
        return looksPure();
    }

    function _coinbase() private view returns (uint256) {
        return uint256(uint160(address(block.coinbase)));
    }
}
