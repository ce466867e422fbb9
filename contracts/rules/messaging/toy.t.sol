// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { MessengerConformance } from "./MessengerConformance.sol";

/// A fifth adapter, as somebody else would write one: a courier that both ends trust.
contract CourierMessenger is LinkMessenger {
    address public immutable courier;

    constructor(Link memory link, address courier_) LinkMessenger(link) {
        courier = courier_;
    }

    function receiveBatch(Messages.Message[] calldata messages) external {
        require(msg.sender == courier, NotRemote(msg.sender));
        _receiveAll(messages);
    }

    function _dispatch(Messages.Message[] memory) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
    }
}

contract CourierMessengerTest is MessengerConformance {
    address internal constant COURIER = address(0xC0);

    function setUp() public {
        address farEnd = expectedEnd(1);
        near = new CourierMessenger(LinkMessenger.Link(FAR, farEnd, pause), COURIER);
        far = new CourierMessenger(LinkMessenger.Link(NEAR, address(near), pause), COURIER);
    }

    function carry(Messages.Message[] memory messages) internal override {
        onFar();
        vm.prank(COURIER);
        CourierMessenger(address(far)).receiveBatch(messages);
    }

    function forge(Messages.Message[] memory messages) internal override returns (bool ok) {
        vm.prank(STRANGER);
        (ok,) = address(far).call(abi.encodeCall(CourierMessenger.receiveBatch, (messages)));
    }
}
