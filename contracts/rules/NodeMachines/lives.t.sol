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
    struct Columns {
        string[] kind;
        string[] by;
        uint256[] until;
        int256[] level;
        uint256[] account;
        uint256[] period;
        uint256[] tasksMax;
        uint256[] nowSeconds;
        string[] outcome;
        string[] state;
        uint256[] at;
    }

    string internal constant STATES =
        "unregistered registered verified active assessed ephemeral reserved released dedicated silent left";
    string internal constant KINDS =
        "register verify unverify ping assess enterPool leavePool reserve beginTask endTask release dedicate undedicate leave";
    string internal constant SENDERS = "nobody owner node verifier registry assessor pool session";

    OneLife internal life;

    function setUp() public {
        learn(STATES);
        learn(KINDS);
        learn(SENDERS);
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
        string memory json = vm.readFile("packages/protocol/vectors/nodeLife.json");
        if (!vm.keyExistsJson(json, trace)) return 0;
        life = new OneLife();
        Columns memory columns = read(json, string.concat(trace, ".columns."));
        count = columns.kind.length;
        for (uint256 i = 0; i < count; ++i) {
            string memory label = at(trace, ".step", i);
            bytes memory data = isSame(columns.kind[i], "expire")
                ? abi.encodeCall(OneLife.expire, (columns.nowSeconds[i]))
                : abi.encodeCall(OneLife.take, (eventOf(columns, i), columns.nowSeconds[i]));
            (bool ok, bytes memory given) = address(life).call(data);
            assertOutcome(ok, given, columns.outcome[i], label);
            NodeLives.Life memory now_ = life.read();
            assertEq(uint8(now_.state), indexIn(STATES, columns.state[i]), label);
            assertEq(now_.at, columns.at[i], label);
        }
        checkEnd(json, string.concat(trace, ".end"));
    }

    function read(string memory json, string memory path) internal pure returns (Columns memory columns) {
        columns.kind = vm.parseJsonStringArray(json, string.concat(path, "kind"));
        columns.by = vm.parseJsonStringArray(json, string.concat(path, "by"));
        columns.until = vm.parseJsonUintArray(json, string.concat(path, "untilSeconds"));
        columns.level = vm.parseJsonIntArray(json, string.concat(path, "level"));
        columns.account = vm.parseJsonUintArray(json, string.concat(path, "session"));
        columns.period = vm.parseJsonUintArray(json, string.concat(path, "periodSeconds"));
        columns.tasksMax = vm.parseJsonUintArray(json, string.concat(path, "tasksMax"));
        columns.nowSeconds = vm.parseJsonUintArray(json, string.concat(path, "nowSeconds"));
        columns.outcome = vm.parseJsonStringArray(json, string.concat(path, "outcome"));
        columns.state = vm.parseJsonStringArray(json, string.concat(path, "state"));
        columns.at = vm.parseJsonUintArray(json, string.concat(path, "seconds"));
    }

    function eventOf(Columns memory columns, uint256 i) internal view returns (NodeSteps.Event memory) {
        return NodeSteps.Event({
            kind: NodeSteps.Kind(indexIn(KINDS, columns.kind[i])),
            by: NodeSteps.Sender(indexIn(SENDERS, columns.by[i])),
            until: uint40(columns.until[i]),
            // No level is negative on chain: the vectors' −1 becomes the largest.
            level: uint8(int8(columns.level[i])),
            account: uint32(columns.account[i]),
            periodSeconds: uint32(columns.period[i]),
            tasksMax: uint32(columns.tasksMax[i])
        });
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
        bool isReserved = vm.keyExistsJson(json, string.concat(end, ".reservation"));
        assertTrue(isReserved == (held.account != 0), "reserved");
        if (!isReserved) return;
        assertEq(held.account, figure(json, end, ".reservation.session"), "account");
        assertEq(held.until, figure(json, end, ".reservation.untilSeconds"), "until");
        bool isCounted = vm.keyExistsJson(json, string.concat(end, ".reservation.tasksLeft"));
        assertTrue(isCounted == held.isCounted, "isCounted");
        if (isCounted) assertEq(held.tasksLeft, figure(json, end, ".reservation.tasksLeft"), "tasksLeft");
        assertEq(held.tasksRunning, figure(json, end, ".reservation.tasksRunning"), "tasksRunning");
    }

    function figure(string memory json, string memory path, string memory field) internal pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, field));
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
