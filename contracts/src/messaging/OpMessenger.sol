// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICrossDomainMessenger } from "../interfaces/ICrossDomainMessenger.sol";
import { Messages } from "../libraries/Messages.sol";
import { LinkMessenger } from "./LinkMessenger.sol";

/// @title OpMessenger
/// @notice Either end of a link between an OP Stack chain and its parent, by the rollup's own messengers: as safe as the rollup.
contract OpMessenger is LinkMessenger {
    /// @notice For a batch, and for each of its messages beside what its receiver is given: decoding, states, events.
    uint256 public constant BATCH_GAS = 100_000;
    uint256 public constant MESSAGE_GAS = 120_000;

    /// @notice The chain's own: `L1CrossDomainMessenger` here, `0x4200…0007` there.
    ICrossDomainMessenger public immutable carrier;

    constructor(Link memory link, ICrossDomainMessenger carrier_) LinkMessenger(link) {
        carrier = carrier_;
    }

    /// @notice What the other end sent. Only the carrier, when that end is whom it speaks for.
    /// @dev Reverts only without gas: the carrier then keeps it for anyone to relay again.
    function receiveBatch(Messages.Message[] calldata messages) external {
        require(msg.sender == address(carrier) && carrier.xDomainMessageSender() == remote, NotRemote(msg.sender));
        _receiveAll(messages);
    }

    function _dispatch(Messages.Message[] memory messages) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
        uint256 minGas = BATCH_GAS;
        for (uint256 i = 0; i < messages.length; ++i) {
            // 64/63 for what a call leaves to its caller.
            minGas += MESSAGE_GAS + uint256(messages[i].gasLimit) * 64 / 63;
        }
        // At most 32 × 2.2 million: 32 bits hold it.
        carrier.sendMessage(remote, abi.encodeCall(this.receiveBatch, (messages)), uint32(minGas));
    }
}
