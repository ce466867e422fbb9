// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { NodeSteps } from "../../src/libraries/NodeSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { TraceVectors } from "../support/TraceVectors.sol";

/// One node's life, to send events to.
contract OneLife {
    NodeLives.Life internal _life;

    function take(NodeSteps.Event calldata sent, uint256 nowSeconds) external {
        NodeLives.Life memory life = _life;
        NodeSteps.take(life, sent, nowSeconds);
        _life = life;
    }

    function expire(uint256 nowSeconds) external {
        NodeLives.Life memory life = _life;
        NodeSteps.expire(life, nowSeconds);
        _life = life;
    }

    function set(NodeLives.Life calldata life) external {
        _life = life;
    }

    function read() external view returns (NodeLives.Life memory) {
        return _life;
    }

    function settledAt(uint256 nowSeconds) external view returns (NodeLives.Life memory life) {
        life = _life;
        NodeLives.settle(life, nowSeconds);
    }

    function deadline() external view returns (NodeLives.Deadline, uint256) {
        return NodeLives.deadlineOf(_life);
    }
}

/// The traces of node lives that the rules of `packages/protocol` make, step by step: state, time, and the name of each refusal.
contract LivesTest is TraceVectors {
    struct Sent {
        string by;
        string kind;
        int256 figure;
    }

    struct Step {
        Sent sent;
        uint256 nowSeconds;
        string outcome;
        uint256 atSeconds;
        string state;
    }

    struct Asked {
        string by;
        string kind;
        int256 periodSeconds;
        int256 session;
        int256 tasksMax;
    }

    struct ReserveStep {
        Asked sent;
        uint256 nowSeconds;
        string outcome;
        uint256 atSeconds;
        string state;
    }

    struct Plain {
        string by;
        string kind;
    }

    struct PlainStep {
        Plain sent;
        uint256 nowSeconds;
        string outcome;
        uint256 atSeconds;
        string state;
    }

    struct Expire {
        string kind;
    }

    struct ExpireStep {
        Expire sent;
        uint256 nowSeconds;
        string outcome;
        uint256 atSeconds;
        string state;
    }

    string internal constant STATES =
        "unregistered registered verified active assessed ephemeral reserved released dedicated silent left";
    string internal constant KINDS =
        "register verify unverify ping assess enterPool leavePool reserve beginTask endTask release dedicate undedicate leave";
    string internal constant SENDERS = "nobody owner node verifier registry assessor pool session";

    OneLife internal life;

    function setUp() public {
        life = new OneLife();
    }

    function test_LivesEveryTraceOfTheVectors() public {
        uint256 steps = 0;
        for (uint256 i = 0;; ++i) {
            uint256 count = this.replay(i);
            if (count == 0) break;
            steps += count;
        }
        assertTrue(steps > 1_000, "there are traces");
    }

    /// One trace, in a call of its own, so that its memory is given back.
    function replay(uint256 index) external returns (uint256 count) {
        string memory trace = string.concat("[", vm.toString(index), "]");
        string memory json = file();
        if (!vm.keyExistsJson(json, trace)) return 0;
        life = new OneLife();
        while (this.step(at(trace, ".steps", count))) {
            count += 1;
        }
        checkEnd(json, string.concat(trace, ".end"));
    }

    function step(string calldata path) external returns (bool) {
        string memory json = file();
        if (!vm.keyExistsJson(json, path)) return false;
        string memory kind = vm.parseJsonString(json, string.concat(path, ".event.kind"));
        Step memory read = decode(kind, vm.parseJson(json, path));
        bytes memory data = isSame(kind, "expire")
            ? abi.encodeCall(OneLife.expire, (read.nowSeconds))
            : abi.encodeCall(OneLife.take, (eventOf(kind, read, vm.parseJson(json, path)), read.nowSeconds));
        (bool ok, bytes memory given) = address(life).call(data);
        assertOutcome(ok, given, read.outcome, path);
        NodeLives.Life memory after_ = life.read();
        assertEq(uint8(after_.state), indexIn(STATES, read.state), path);
        assertEq(after_.at, read.atSeconds, path);
        return true;
    }

    function decode(string memory kind, bytes memory raw) internal pure returns (Step memory read) {
        if (isSame(kind, "expire")) {
            ExpireStep memory late = abi.decode(raw, (ExpireStep));
            return Step(Sent("", kind, 0), late.nowSeconds, late.outcome, late.atSeconds, late.state);
        }
        if (isSame(kind, "reserve")) {
            ReserveStep memory asked = abi.decode(raw, (ReserveStep));
            Sent memory sent = Sent(asked.sent.by, kind, asked.sent.session);
            return Step(sent, asked.nowSeconds, asked.outcome, asked.atSeconds, asked.state);
        }
        if (hasFigure(kind)) return abi.decode(raw, (Step));
        PlainStep memory plain = abi.decode(raw, (PlainStep));
        return Step(Sent(plain.sent.by, kind, 0), plain.nowSeconds, plain.outcome, plain.atSeconds, plain.state);
    }

    function eventOf(string memory kind, Step memory read, bytes memory raw)
        internal
        pure
        returns (NodeSteps.Event memory sent)
    {
        sent.kind = NodeSteps.Kind(indexIn(KINDS, kind));
        sent.by = NodeSteps.Sender(indexIn(SENDERS, read.sent.by));
        // No level is negative on chain: the vectors' −1 becomes the largest.
        if (sent.kind == NodeSteps.Kind.Assess) sent.level = uint8(int8(read.sent.figure));
        else if (sent.kind == NodeSteps.Kind.Verify) sent.until = uint40(uint256(read.sent.figure));
        else sent.account = uint32(uint256(read.sent.figure));
        if (sent.kind != NodeSteps.Kind.Reserve) return sent;
        Asked memory asked = abi.decode(raw, (ReserveStep)).sent;
        sent.periodSeconds = uint32(uint256(asked.periodSeconds));
        sent.tasksMax = uint32(uint256(asked.tasksMax));
    }

    function hasFigure(string memory kind) internal pure returns (bool) {
        return isSame(kind, "verify") || isSame(kind, "assess") || isSame(kind, "beginTask") || isSame(kind, "endTask")
            || isSame(kind, "release");
    }

    function checkEnd(string memory json, string memory end) internal view {
        NodeLives.Life memory now_ = life.read();
        assertEq(uint8(now_.state), indexIn(STATES, vm.parseJsonString(json, string.concat(end, ".state"))), end);
        assertEq(now_.since, figure(json, end, ".sinceSeconds"), "since");
        assertEq(now_.at, figure(json, end, ".atSeconds"), "at");
        assertEq(now_.verifiedUntil, figure(json, end, ".verifiedUntilSeconds"), "verifiedUntil");
        assertEq(now_.seenAt, figure(json, end, ".seenAtSeconds"), "seenAt");
        assertEq(now_.activeSince, figure(json, end, ".activeSinceSeconds"), "activeSince");
        assertEq(now_.level, figure(json, end, ".level"), "level");
        assertEq(now_.levelUntil, figure(json, end, ".levelUntilSeconds"), "levelUntil");
        assertEq(now_.coolUntil, figure(json, end, ".coolUntilSeconds"), "coolUntil");
        NodeLives.Reservation memory held = now_.reservation;
        assertEq(held.account, figure(json, end, ".reservation.session"), "account");
        assertEq(held.until, figure(json, end, ".reservation.untilSeconds"), "until");
        assertEq(held.tasksLeft, figure(json, end, ".reservation.tasksLeft"), "tasksLeft");
        assertEq(held.tasksRunning, figure(json, end, ".reservation.tasksRunning"), "tasksRunning");
    }

    /// A figure; 0 where there is none.
    function figure(string memory json, string memory path, string memory field) internal view returns (uint256) {
        string memory key = string.concat(path, field);
        return vm.keyExistsJson(json, key) ? vm.parseJsonUint(json, key) : 0;
    }

    function file() internal view returns (string memory) {
        return vm.readFile("packages/protocol/vectors/nodeLife.json");
    }

    function selectorOf(string memory refusal) internal pure override returns (bytes4) {
        if (isSame(refusal, "outOfRange")) return Refusals.OutOfRange.selector;
        if (isSame(refusal, "clockBack")) return Refusals.ClockBack.selector;
        if (isSame(refusal, "notDue")) return Refusals.NotDue.selector;
        if (isSame(refusal, "notYours")) return Refusals.NotYours.selector;
        if (isSame(refusal, "stateOther")) return NodeSteps.StateOther.selector;
        if (isSame(refusal, "deadlineDue")) return Refusals.DeadlineDue.selector;
        if (isSame(refusal, "levelTooLow")) return NodeSteps.LevelTooLow.selector;
        if (isSame(refusal, "cooling")) return NodeSteps.Cooling.selector;
        if (isSame(refusal, "sessionOther")) return NodeSteps.SessionOther.selector;
        if (isSame(refusal, "noTaskLeft")) return NodeSteps.NoTaskLeft.selector;
        if (isSame(refusal, "noTaskRunning")) return NodeSteps.NoTaskRunning.selector;
        revert(string.concat("unknown refusal: ", refusal));
    }
}
