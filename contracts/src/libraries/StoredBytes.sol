// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title StoredBytes
/// @notice Bytes kept as the code of an account of their own: written once, read whole for little more than the account's first touch.
library StoredBytes {
    /// @notice Most that an account's code may hold, less the byte that stands before.
    uint256 internal constant BYTES_MAX = 24_575;

    error BytesTooMany(uint256 bytesGiven, uint256 bytesMax);
    error NotStored();

    /// @return at Never zero.
    function write(bytes memory data) internal returns (address at) {
        require(data.length <= BYTES_MAX, BytesTooMany(data.length, BYTES_MAX));
        uint16 size = uint16(data.length + 1);
        // Copies what follows these twelve bytes to memory and returns it as the code: PUSH2 size, PUSH1 12, PUSH0, CODECOPY, PUSH2 size,
        // PUSH0, RETURN. The code begins with STOP, so that calling it does nothing.
        bytes memory creation = abi.encodePacked(hex"61", size, hex"600c5f3961", size, hex"5ff3", hex"00", data);
        // Reads `creation` alone.
        assembly ("memory-safe") {
            at := create(0, add(creation, 32), mload(creation))
        }
        require(at != address(0), NotStored());
    }

    /// @notice What was written there; nothing where nothing was.
    function read(address at) internal view returns (bytes memory data) {
        uint256 size = at.code.length;
        if (size == 0) return "";
        data = new bytes(size - 1);
        // Fills the `size - 1` bytes just allocated.
        assembly ("memory-safe") {
            extcodecopy(at, add(data, 32), 1, sub(size, 1))
        }
    }
}
