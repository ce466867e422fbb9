// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IArbBridge, IArbInbox } from "../interfaces/IArbitrum.sol";
import { Messages } from "../libraries/Messages.sol";
import { LinkMessenger } from "./LinkMessenger.sol";

/// @title ArbParentMessenger
/// @notice The end on the parent of an Arbitrum chain whose gas is the parent's coin: down by retryable tickets, up by the outbox. Never executed
/// against Arbitrum's own contracts here: its shapes are those that Arbitrum publishes.
/// @dev A ticket that isn't redeemed in its time (a week) is lost. So the other end reverts for nothing but gas, also while it is paused.
contract ArbParentMessenger is LinkMessenger {
    /// @notice For a batch, and for each of its messages beside what its receiver is given.
    uint256 public constant BATCH_GAS = 100_000;
    uint256 public constant MESSAGE_GAS = 120_000;

    IArbInbox public immutable inbox;
    /// @notice Most that a ticket pays for the child's gas.
    uint256 public immutable gasPriceMaxWei;

    /// @notice What stands ready for a sender's tickets beside what comes along.
    mapping(address sender => uint256) public prepaidWei;

    event Prepaid(address indexed sender, uint256 valueWei);

    error CoinsShort(uint256 valueWei, uint256 costWei);

    constructor(Link memory link, IArbInbox inbox_, uint256 gasPriceMaxWei_) LinkMessenger(link) {
        inbox = inbox_;
        gasPriceMaxWei = gasPriceMaxWei_;
    }

    /// @notice Pays for tickets to come of a sender that sends no coins along. Nothing goes back.
    function prepay(address sender) external payable {
        prepaidWei[sender] += msg.value;
        emit Prepaid(sender, msg.value);
    }

    /// @notice What the other end sent. Only the bridge, when that end is whom it speaks for.
    function receiveBatch(Messages.Message[] calldata messages) external {
        IArbBridge bridge = inbox.bridge();
        require(msg.sender == address(bridge) && bridge.activeOutbox().l2ToL1Sender() == remote, NotRemote(msg.sender));
        _receiveAll(messages);
    }

    function _dispatch(Messages.Message[] memory messages) internal override {
        bytes memory data = abi.encodeCall(this.receiveBatch, (messages));
        uint256 gasLimit = BATCH_GAS;
        for (uint256 i = 0; i < messages.length; ++i) {
            gasLimit += MESSAGE_GAS + uint256(messages[i].gasLimit) * 64 / 63;
        }
        uint256 submissionWei = inbox.calculateRetryableSubmissionFee(data.length, block.basefee);
        uint256 costWei = submissionWei + gasLimit * gasPriceMaxWei;
        uint256 readyWei = prepaidWei[msg.sender] + msg.value;
        require(readyWei >= costWei, CoinsShort(readyWei, costWei));
        prepaidWei[msg.sender] = readyWei - costWei;
        // Who gets a call's value back may also cancel the ticket: the other end, which can't.
        inbox.createRetryableTicket{ value: costWei }(
            remote, 0, submissionWei, remote, remote, gasLimit, gasPriceMaxWei, data
        );
    }
}
