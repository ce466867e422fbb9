// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title GuardMembers
/// @notice A guard set's members, packed as its hash has them: (guard 20 ‖ stakeWei 12) for each, by address. A guard's place is its bit
/// in a quorum.
library GuardMembers {
    uint256 internal constant GUARDS_MAX = 32;
    uint256 internal constant MEMBER_BYTES = 32;

    error PlaceBeyond(uint256 place, uint256 count);

    function pack(address guard, uint256 stakeWei) internal pure returns (uint256) {
        return uint256(uint160(guard)) << 96 | stakeWei;
    }

    function countOf(bytes memory members) internal pure returns (uint256) {
        return members.length / MEMBER_BYTES;
    }

    function memberAt(bytes memory members, uint256 place) internal pure returns (address guard, uint256 stakeWei) {
        uint256 count = countOf(members);
        require(place < count, PlaceBeyond(place, count));
        uint256 word = wordAt(members, place * MEMBER_BYTES);
        return (address(uint160(word >> 96)), uint96(word));
    }

    /// @notice The member that begins at a byte: guard ‖ stakeWei. The caller has checked that it lies within.
    function wordAt(bytes memory members, uint256 from) internal pure returns (uint256 word) {
        // Reads memory alone; a place beyond would read what else lies there.
        assembly ("memory-safe") {
            word := mload(add(add(members, 32), from))
        }
    }

    /// @notice Where a guard stands in a set, if it is in it.
    function find(bytes memory members, address guard) internal pure returns (bool isMember, uint256 place) {
        uint256 end = countOf(members);
        while (place < end) {
            uint256 middle = (place + end) / 2;
            (address found,) = memberAt(members, middle);
            if (found == guard) return (true, middle);
            if (found < guard) place = middle + 1;
            else end = middle;
        }
        return (false, 0);
    }

    /// @notice `keccak256("guard-set-v1" ‖ epoch u64 ‖ count u8 ‖ members)`.
    function setHash(uint64 epoch, bytes memory members) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("guard-set-v1", epoch, uint8(countOf(members)), members));
    }
}
