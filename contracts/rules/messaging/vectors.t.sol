// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { TraceVectors } from "../support/TraceVectors.sol";
import { SetPause } from "./SetPause.sol";
import { ToldReceiver } from "./ToldReceiver.sol";
import { CourierMessenger } from "./toy.t.sol";

/// The vectors of `packages/protocol`: a message has the same id in both, and a messenger makes the same of what comes in.
contract MessageVectorsTest is TraceVectors {
    uint256 internal constant MESSAGES = 4;
    uint64 internal constant GAS = 300_000;

    string internal vectors = vm.readFile("packages/protocol/vectors/messages.json");
    SetPause internal pause = new SetPause();
    ToldReceiver internal receiver = new ToldReceiver();
    CourierMessenger internal messenger;

    function setUp() public {
        messenger = new CourierMessenger(LinkMessenger.Link(900, address(0xF0), pause), address(this));
    }

    function number(string memory path, string memory field) internal view returns (uint256) {
        return vm.parseJsonUint(vectors, string.concat(path, field));
    }

    function account(string memory path, string memory field) internal view returns (address) {
        return vm.parseJsonAddress(vectors, string.concat(path, field));
    }

    function flag(string memory path, string memory field) internal view returns (bool) {
        return vm.parseJsonBool(vectors, string.concat(path, field));
    }

    function text(string memory path, string memory field) internal view returns (string memory) {
        return vm.parseJsonString(vectors, string.concat(path, field));
    }

    function test_NamesEveryMessage() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(vectors, at("", ".ids", count)); ++count) {
            string memory path = at("", ".ids", count);
            Messages.Way memory way = Messages.Way({
                src: uint64(number(path, ".way.src")),
                srcMessenger: account(path, ".way.srcMessenger"),
                dst: uint64(number(path, ".way.dst")),
                dstMessenger: account(path, ".way.dstMessenger")
            });
            Messages.Message memory message = Messages.Message({
                nonce: uint64(number(path, ".message.nonce")),
                from: account(path, ".message.from"),
                to: account(path, ".message.to"),
                gasLimit: uint64(number(path, ".message.gasLimit")),
                body: vm.parseJsonBytes(vectors, string.concat(path, ".message.body"))
            });
            bytes32 id = Messages.idOf(way, message);
            assertEq(id, vm.parseJsonBytes32(vectors, string.concat(path, ".id")), "id");
            assertEq(Messages.leafOf(id), vm.parseJsonBytes32(vectors, string.concat(path, ".leaf")), "leaf");
        }
        assertTrue(count >= 4, "there are ids");
    }

    function test_TakesAndRefusesWhatTheMachineDoes() public {
        uint256 snapshot = vm.snapshotState();
        uint256 count = 0;
        for (; vm.keyExistsJson(vectors, at("", ".traces", count)); ++count) {
            replay(at("", ".traces", count));
            vm.revertToState(snapshot);
        }
        assertTrue(count >= 6, "there are traces");
    }

    function replay(string memory trace) internal {
        for (uint256 i = 0; vm.keyExistsJson(vectors, at(trace, "", i)); ++i) {
            string memory step = at(trace, "", i);
            (bool ok, bytes memory given) = play(step);
            assertOutcome(ok, given, text(step, ".outcome"), step);
            assertTrue(isSame(states(), text(step, ".states")), step);
        }
    }

    function play(string memory step) internal returns (bool ok, bytes memory given) {
        string memory kind = text(step, ".kind");
        if (isSame(kind, "pause")) {
            pause.set(flag(step, ".isPaused"));
            return (true, "");
        }
        receiver.behave(flag(step, ".isTaken") ? ToldReceiver.Conduct.Take : ToldReceiver.Conduct.Fail);
        Messages.Message memory message = messageAt(number(step, ".message"));
        if (isSame(kind, "retry")) {
            uint64 gasLimit = uint64(number(step, ".gasLimit"));
            return address(messenger).call(abi.encodeCall(messenger.retry, (message, gasLimit)));
        }
        Messages.Message[] memory one = new Messages.Message[](1);
        one[0] = message;
        return address(messenger).call(abi.encodeCall(messenger.receiveBatch, (one)));
    }

    function messageAt(uint256 place) internal view returns (Messages.Message memory) {
        return Messages.Message(uint64(place) + 1, address(1), address(receiver), GAS, abi.encode(place));
    }

    /// A letter for each message, and that its receiver took those delivered once.
    function states() internal view returns (string memory) {
        bytes memory letters = new bytes(MESSAGES);
        for (uint256 i = 0; i < MESSAGES; ++i) {
            bytes32 id = messenger.incomingIdOf(messageAt(i));
            ILinkMessenger.State state = messenger.stateOf(id);
            letters[i] = bytes("-hfd")[uint256(state)];
            assertEq(receiver.timesTaken(id), state == ILinkMessenger.State.Delivered ? 1 : 0, "once");
        }
        return string(letters);
    }

    function selectorOf(string memory refusal) internal pure override returns (bytes4) {
        if (isSame(refusal, "paused")) return Hooks.Paused.selector;
        if (isSame(refusal, "notRetryable")) return ILinkMessenger.NotRetryable.selector;
        if (isSame(refusal, "gasOutOfBounds")) return ILinkMessenger.GasOutOfBounds.selector;
        revert NotTrue(refusal);
    }
}
