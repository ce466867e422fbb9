// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IArbSys } from "../interfaces/IArbitrum.sol";
import { Messages } from "../libraries/Messages.sol";
import { LinkMessenger } from "./LinkMessenger.sol";

/// @title ArbChildMessenger
/// @notice The end on an Arbitrum chain. Never executed against Arbitrum's own contracts here: its shapes are those that Arbitrum publishes.
contract ArbChildMessenger is LinkMessenger {
    IArbSys internal constant ARB_SYS = IArbSys(address(0x64));
    /// A contract of the parent calls from its own address and this, mod 2^160.
    uint160 internal constant ALIAS_OFFSET = uint160(0x1111000000000000000000000000000000001111);

    constructor(Link memory link) LinkMessenger(link) { }

    /// @notice What the other end sent: a retryable ticket of its own, which anyone may redeem.
    function receiveBatch(Messages.Message[] calldata messages) external {
        require(msg.sender == aliasOf(remote), NotRemote(msg.sender));
        _receiveAll(messages);
    }

    /// @notice Where a contract of the parent calls from.
    function aliasOf(address account) public pure returns (address) {
        unchecked {
            return address(uint160(account) + ALIAS_OFFSET);
        }
    }

    function _dispatch(Messages.Message[] memory messages) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
        ARB_SYS.sendTxToL1(remote, abi.encodeCall(this.receiveBatch, (messages)));
    }
}
