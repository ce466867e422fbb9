// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "../interfaces/IReceiver.sol";
import { Callbacks } from "./Callbacks.sol";
import { Messages } from "./Messages.sol";

/// @title Deliveries
/// @notice Calls a message's receiver so that it can't hurt who calls, and keeps the begin of why it failed.
library Deliveries {
    /// @notice Bytes kept of a failure's reason: an error's selector and seven words.
    uint256 internal constant REASON_BYTES_MAX = 228;

    /// @return ok Whether the receiver has code and took the message.
    /// @return reason At most `REASON_BYTES_MAX` bytes; none without code.
    function callReceiver(uint64 src, bytes32 id, Messages.Message memory message, uint256 gasLimit)
        internal
        returns (bool ok, bytes memory reason)
    {
        bytes memory data = abi.encodeCall(IReceiver.onMessage, (src, message.from, id, message.body));
        ok = Callbacks.callBounded(message.to, gasLimit, data);
        // Without code nothing was called, and what lies in the return buffer is another call's.
        if (!ok && message.to.code.length != 0) reason = _returned();
    }

    function _returned() private pure returns (bytes memory reason) {
        uint256 most = REASON_BYTES_MAX;
        // Copies no more than the bound, however much came back, into memory that is free.
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, most) { size := most }
            reason := mload(0x40)
            mstore(reason, size)
            returndatacopy(add(reason, 0x20), 0, size)
            mstore(0x40, and(add(add(reason, size), 0x3f), not(0x1f)))
        }
    }
}
