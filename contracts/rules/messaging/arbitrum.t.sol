// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IArbBridge, IArbInbox, IArbOutbox, IArbSys } from "../../src/interfaces/IArbitrum.sol";
import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { ArbChildMessenger } from "../../src/messaging/ArbChildMessenger.sol";
import { ArbParentMessenger } from "../../src/messaging/ArbParentMessenger.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { MessengerConformance } from "./MessengerConformance.sol";

/// The shapes of Arbitrum's inbox, bridge, outbox and ArbSys, in one: no line of theirs runs here.
contract ShapedArbitrum is IArbInbox, IArbBridge, IArbOutbox, IArbSys {
    address public l2ToL1Sender;
    uint256 public tickets;
    uint256 public paidWei;
    bytes public ticket;

    error Short(uint256 valueWei, uint256 neededWei);

    function createRetryableTicket(
        address to,
        uint256 l2CallValue,
        uint256 maxSubmissionCost,
        address excessFeeRefundAddress,
        address callValueRefundAddress,
        uint256 gasLimit,
        uint256 maxFeePerGas,
        bytes calldata data
    ) external payable returns (uint256) {
        uint256 neededWei = l2CallValue + maxSubmissionCost + gasLimit * maxFeePerGas;
        require(msg.value >= neededWei, Short(msg.value, neededWei));
        paidWei = msg.value;
        ticket = abi.encode(to, excessFeeRefundAddress, callValueRefundAddress, data);
        return ++tickets;
    }

    function calculateRetryableSubmissionFee(uint256 dataLength, uint256 baseFee) external pure returns (uint256) {
        return (1400 + 6 * dataLength) * baseFee;
    }

    function bridge() external view returns (IArbBridge) {
        return this;
    }

    function activeOutbox() external view returns (IArbOutbox) {
        return this;
    }

    function sendTxToL1(address, bytes calldata) external payable returns (uint256) {
        return ++tickets;
    }

    function execute(address from, address to, bytes calldata data) external returns (bool ok) {
        l2ToL1Sender = from;
        (ok,) = to.call(data);
        l2ToL1Sender = address(0);
    }
}

abstract contract ArbitrumLink is MessengerConformance {
    uint256 internal constant GAS_PRICE = 0.1 gwei;
    ShapedArbitrum internal arbitrum = new ShapedArbitrum();
    address internal constant ARB_SYS = address(0x64);

    function setUpEnds() internal returns (ArbParentMessenger parent, ArbChildMessenger child) {
        vm.etch(ARB_SYS, address(arbitrum).code);
        address childEnd = expectedEnd(1);
        // The ends' chains are told by whose end is near: see `parentChain`.
        parent = new ArbParentMessenger(LinkMessenger.Link(childChain(), childEnd, pause), arbitrum, GAS_PRICE);
        child = new ArbChildMessenger(LinkMessenger.Link(parentChain(), address(parent), pause));
        assertEq(address(child), childEnd, "as expected");
        chains.deal(address(this), 100 ether);
    }

    function parentChain() internal pure virtual returns (uint64);
    function childChain() internal pure virtual returns (uint64);
}

/// Down: a retryable ticket, redeemed by anyone, calls from the parent end's alias.
contract ArbParentMessengerTest is ArbitrumLink {
    function setUp() public {
        (near, far) = setUpEnds();
    }

    function parentChain() internal pure override returns (uint64) {
        return NEAR;
    }

    function childChain() internal pure override returns (uint64) {
        return FAR;
    }

    function coinsFor() internal pure override returns (uint256) {
        return 0.01 ether;
    }

    function carry(Messages.Message[] memory messages) internal override {
        onFar();
        address from = ArbChildMessenger(address(far)).aliasOf(address(near));
        vm.prank(from);
        ArbChildMessenger(address(far)).receiveBatch(messages);
    }

    /// Also from the parent end's own address, without the alias.
    function forge(Messages.Message[] memory messages) internal override returns (bool ok) {
        bytes memory data = abi.encodeCall(ArbChildMessenger.receiveBatch, (messages));
        vm.prank(address(near));
        (ok,) = address(far).call(data);
        if (ok) return true;
        vm.prank(STRANGER);
        (ok,) = address(far).call(data);
    }

    function test_AliasesAsArbitrumDoes() public view {
        ArbChildMessenger child = ArbChildMessenger(address(far));
        assertEq(child.aliasOf(address(0)), 0x1111000000000000000000000000000000001111, "zero");
        assertEq(child.aliasOf(address(type(uint160).max)), 0x1111000000000000000000000000000000001110, "wraps");
    }

    function test_SendsABatchInOneTicketThatNobodyCancels() public {
        (Messages.Message[] memory sent,) = sendLetters(letters(3));
        assertEq(arbitrum.tickets(), 1, "one");
        bytes memory data = abi.encodeCall(ArbChildMessenger.receiveBatch, (sent));
        assertEq(
            keccak256(arbitrum.ticket()),
            keccak256(abi.encode(address(far), address(far), address(far), data)),
            "ticket"
        );
    }

    function test_KeepsWhatIsLeftForTheSendersNext() public {
        onNear();
        near.send{ value: 1 ether }(FAR, address(receiver), "a", GAS);
        ArbParentMessenger parent = ArbParentMessenger(address(near));
        assertEq(parent.prepaidWei(address(this)) + arbitrum.paidWei(), 1 ether, "left");
        uint256 leftWei = parent.prepaidWei(address(this));
        near.send(FAR, address(receiver), "b", GAS);
        assertEq(leftWei - parent.prepaidWei(address(this)), arbitrum.paidWei(), "spent");
    }

    function test_RevertWhen_NobodyPaidForTheTicket() public {
        onNear();
        ArbParentMessenger parent = ArbParentMessenger(address(near));
        // Another's coins are another's.
        parent.prepay{ value: 1 ether }(STRANGER);
        uint256 costWei = (100_000 + 120_000 + uint256(GAS) * 64 / 63) * GAS_PRICE;
        vm.expectRevert(abi.encodeWithSelector(ArbParentMessenger.CoinsShort.selector, 0, costWei));
        near.send(FAR, address(receiver), "a", GAS);
        vm.prank(STRANGER);
        near.send(FAR, address(receiver), "a", GAS);
    }
}

/// Up: the bridge calls for the outbox, which says who sent.
contract ArbChildMessengerTest is ArbitrumLink {
    function setUp() public {
        (far, near) = setUpEnds();
        ArbParentMessenger(address(far)).prepay{ value: 1 ether }(address(receiver));
    }

    function parentChain() internal pure override returns (uint64) {
        return FAR;
    }

    function childChain() internal pure override returns (uint64) {
        return NEAR;
    }

    function carry(Messages.Message[] memory messages) internal override {
        onFar();
        bytes memory data = abi.encodeCall(ArbParentMessenger.receiveBatch, (messages));
        assertTrue(arbitrum.execute(address(near), address(far), data), "executed");
    }

    function forge(Messages.Message[] memory messages) internal override returns (bool ok) {
        bytes memory data = abi.encodeCall(ArbParentMessenger.receiveBatch, (messages));
        vm.prank(STRANGER);
        (ok,) = address(far).call(data);
        return ok || arbitrum.execute(STRANGER, address(far), data);
    }

    function test_SendsABatchAtOnce() public {
        sendLetters(letters(3));
        assertEq(ShapedArbitrum(ARB_SYS).tickets(), 1, "one");
    }
}
