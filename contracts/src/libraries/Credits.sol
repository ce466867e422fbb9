// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Credits
/// @notice What a lane owes each payee in all, and the packed form in which a settlement says so.
library Credits {
    /// @notice A payee's counters in one lane. Neither ever falls, and `withdrawnWei ≤ creditedWei`.
    struct Credit {
        uint96 creditedWei;
        uint96 withdrawnWei;
    }

    /// @notice payee 20 ‖ cumulativeWei 12, big-endian.
    uint256 internal constant PACKED_BYTES = 32;

    error CreditsMisaligned(uint256 bytesGiven);
    error PayeeZero();

    function countPacked(bytes calldata packed) internal pure returns (uint256) {
        require(packed.length % PACKED_BYTES == 0, CreditsMisaligned(packed.length));
        return packed.length / PACKED_BYTES;
    }

    /// @dev `index` must be below `countPacked(packed)`: the slice reverts past the end.
    function unpack(bytes calldata packed, uint256 index) internal pure returns (address payee, uint96 cumulativeWei) {
        uint256 start = index * PACKED_BYTES;
        bytes32 word = bytes32(packed[start:]);
        payee = address(bytes20(word));
        cumulativeWei = uint96(uint256(word));
    }

    /// @notice Raises one payee's counter. An amount that isn't higher moves nothing.
    function raise(mapping(address payee => Credit) storage lane, address payee, uint96 cumulativeWei)
        internal
        returns (uint256 raisedWei)
    {
        require(payee != address(0), PayeeZero());
        Credit storage held = lane[payee];
        uint96 creditedWei = held.creditedWei;
        if (cumulativeWei <= creditedWei) return 0;
        held.creditedWei = cumulativeWei;
        return cumulativeWei - creditedWei;
    }

    /// @notice Raises every counter that `packed` names.
    /// @return raisedWei Σ of the raises.
    function raiseAll(mapping(address payee => Credit) storage lane, bytes calldata packed)
        internal
        returns (uint256 raisedWei)
    {
        uint256 count = countPacked(packed);
        for (uint256 i = 0; i < count; ++i) {
            (address payee, uint96 cumulativeWei) = unpack(packed, i);
            raisedWei += raise(lane, payee, cumulativeWei);
        }
    }

    /// @notice Takes what was credited and not withdrawn.
    function take(Credit storage held) internal returns (uint256 amountWei) {
        uint96 creditedWei = held.creditedWei;
        amountWei = creditedWei - held.withdrawnWei;
        held.withdrawnWei = creditedWei;
    }
}
