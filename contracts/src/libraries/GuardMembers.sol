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
        uint256 word;
        require(place * MEMBER_BYTES < members.length, PlaceBeyond(place, countOf(members)));
        // Reads the 32 bytes at the place: the check above keeps them within `members`.
        assembly ("memory-safe") {
            word := mload(add(add(members, 32), mul(place, 32)))
        }
        return (address(uint160(word >> 96)), uint96(word));
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

    /// @notice The stake of the places that have a bit, and of all.
    function weigh(bytes memory members, uint32 bitmap) internal pure returns (uint256 pickedWei, uint256 totalWei) {
        uint256 count = countOf(members);
        for (uint256 place = 0; place < count; ++place) {
            (, uint256 stakeWei) = memberAt(members, place);
            totalWei += stakeWei;
            if (bitmap >> place & 1 != 0) pickedWei += stakeWei;
        }
    }

    /// @notice `keccak256("guard-set-v1" ‖ epoch u64 ‖ count u8 ‖ members)`.
    function setHash(uint64 epoch, bytes memory members) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("guard-set-v1", epoch, uint8(countOf(members)), members));
    }
}
