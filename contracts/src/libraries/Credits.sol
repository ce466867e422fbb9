// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Credits
/// @notice What each payee gets from a settlement, in its packed form.
library Credits {
    /// @notice payee 20 ‖ amountWei 12, big-endian.
    uint256 internal constant PACKED_BYTES = 32;

    error CreditsMisaligned(uint256 bytesGiven);

    function countPacked(bytes calldata packed) internal pure returns (uint256) {
        require(packed.length % PACKED_BYTES == 0, CreditsMisaligned(packed.length));
        return packed.length / PACKED_BYTES;
    }

    /// @dev `index` must be below `countPacked(packed)`: the slice reverts past the end.
    function unpack(bytes calldata packed, uint256 index) internal pure returns (address payee, uint96 amountWei) {
        uint256 start = index * PACKED_BYTES;
        bytes32 word = bytes32(packed[start:]);
        payee = address(bytes20(word));
        amountWei = uint96(uint256(word));
    }
}
