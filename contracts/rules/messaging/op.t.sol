// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICrossDomainMessenger } from "../../src/interfaces/ICrossDomainMessenger.sol";
import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { OpMessenger } from "../../src/messaging/OpMessenger.sol";
import { MessengerConformance } from "./MessengerConformance.sol";
import { ToldReceiver } from "./ToldReceiver.sol";

/// The shape of the OP Stack's messengers: keeps what is sent, and calls its target as the sender's voice.
contract ShapedCarrier is ICrossDomainMessenger {
    address internal _sender;
    uint256 public sent;
    address public target;
    uint32 public minGasLimit;
    bytes public message;

    error NoMessage();

    function sendMessage(address target_, bytes calldata message_, uint32 minGasLimit_) external payable {
        sent += 1;
        (target, message, minGasLimit) = (target_, message_, minGasLimit_);
    }

    function xDomainMessageSender() external view returns (address) {
        require(_sender != address(0), NoMessage());
        return _sender;
    }

    function relay(address from, address to, bytes calldata data) external returns (bool ok) {
        _sender = from;
        (ok,) = to.call(data);
        _sender = address(0);
    }
}

contract OpMessengerTest is MessengerConformance {
    ShapedCarrier internal up = new ShapedCarrier();
    ShapedCarrier internal down = new ShapedCarrier();

    function setUp() public {
        address farEnd = expectedEnd(1);
        near = new OpMessenger(LinkMessenger.Link(FAR, farEnd, pause), up);
        far = new OpMessenger(LinkMessenger.Link(NEAR, address(near), pause), down);
        assertEq(address(far), farEnd, "as expected");
    }

    function carry(Messages.Message[] memory messages) internal override {
        onFar();
        bytes memory data = abi.encodeCall(OpMessenger.receiveBatch, (messages));
        assertTrue(down.relay(address(near), address(far), data), "relayed");
    }

    function forge(Messages.Message[] memory messages) internal override returns (bool ok) {
        bytes memory data = abi.encodeCall(OpMessenger.receiveBatch, (messages));
        vm.prank(STRANGER);
        (ok,) = address(far).call(data);
        // By the carrier too, when it speaks for somebody else.
        return ok || down.relay(STRANGER, address(far), data);
    }

    function test_SendsABatchInOneMessageWithGasForAll() public {
        (Messages.Message[] memory sent,) = sendLetters(letters(3));
        assertEq(up.sent(), 1, "one");
        assertEq(up.target(), address(far), "to the other end");
        assertEq(keccak256(up.message()), keccak256(abi.encodeCall(OpMessenger.receiveBatch, (sent))), "as it is read");
        uint256 expected = 100_000 + 3 * (120_000 + uint256(GAS) * 64 / 63);
        assertEq(up.minGasLimit(), expected, "gas");
    }

    /// What the adapter asks for suffices for a batch of receivers that burn all they get.
    function test_TheGasThatItAsksForSuffices() public {
        receiver.behave(ToldReceiver.Conduct.BurnGas);
        other.behave(ToldReceiver.Conduct.BurnGas);
        (Messages.Message[] memory sent, bytes32[] memory ids) = sendLetters(letters(32));
        onFar();
        bytes memory data = up.message();
        vm.prank(address(down));
        (bool ok,) = address(far).call{ gas: up.minGasLimit() }(data);
        assertTrue(!ok, "not outside of a message");
        Gated gated = new Gated(address(far), address(near));
        vm.etch(address(down), address(gated).code);
        assertTrue(Gated(address(down)).relay(data, up.minGasLimit()), "relayed");
        for (uint256 i = 0; i < sent.length; ++i) {
            assertState(ids[i], ILinkMessenger.State.Failed, "each was tried");
        }
    }

    /// A batch that comes while deliveries are paused is held, not refused: nothing has to be carried again.
    function test_HoldsWhatComesWhilePaused() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "paused");
        pause.set(true);
        onFar();
        expectEvent(address(far));
        emit ILinkMessenger.Held(id);
        carry(one);
        assertState(id, ILinkMessenger.State.Held, "held");
    }

    function test_RevertWhen_TheCarrierSpeaksForAnother() public {
        (Messages.Message[] memory one,) = nextOf(receiver, "false");
        onFar();
        assertTrue(!down.relay(STRANGER, address(far), abi.encodeCall(OpMessenger.receiveBatch, (one))), "refused");
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.NotRemote.selector, address(this)));
        OpMessenger(address(far)).receiveBatch(one);
    }
}

/// Relays with exactly the gas that was asked for.
contract Gated {
    address internal immutable _to;
    address public immutable xDomainMessageSender;

    constructor(address to, address from) {
        _to = to;
        xDomainMessageSender = from;
    }

    function relay(bytes calldata data, uint256 gasLimit) external returns (bool ok) {
        (ok,) = _to.call{ gas: gasLimit }(data);
    }
}
