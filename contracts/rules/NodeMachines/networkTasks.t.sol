// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NetworkSteps } from "../../src/libraries/NetworkSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { Seats } from "../../src/libraries/Seats.sol";
import { TraceVectors } from "../support/TraceVectors.sol";

/// Tasks to send events to, under the address that the vectors' precommits are made to.
contract TaskHolder {
    using NetworkSteps for NetworkSteps.Task;

    mapping(uint256 trace => NetworkSteps.Task) internal _tasks;

    function request(
        uint256 trace,
        uint8 difficulty,
        NetworkSteps.Seat[] memory creators,
        NetworkSteps.Seat[] memory preparers,
        uint256 nowSeconds
    ) external {
        _tasks[trace].request(difficulty, creators, preparers, nowSeconds);
    }

    function create(uint256 trace, address by, bytes32 topicHash, uint256 nowSeconds) external {
        _tasks[trace].create(by, topicHash, nowSeconds);
    }

    function prepare(uint256 trace, address by, bytes32 questionsHash, uint256 nowSeconds) external {
        _tasks[trace].prepare(by, questionsHash, nowSeconds);
    }

    function start(
        uint256 trace,
        NetworkSteps.Seat[] memory makers,
        NetworkSteps.Seat[] memory solvers,
        NetworkSteps.Seat[] memory scorers,
        uint256 nowSeconds
    ) external {
        _tasks[trace].start(makers, solvers, scorers, nowSeconds);
    }

    function precommit(uint256 trace, address by, bytes32 hash, uint256 nowSeconds) external {
        _tasks[trace].precommit(by, hash, nowSeconds);
    }

    function commit(uint256 trace, bytes32 taskId, address by, bytes32 resultHash, bytes32 salt, uint256 nowSeconds)
        external
    {
        _tasks[trace].commit(taskId, by, resultHash, salt, nowSeconds);
    }

    function score(uint256 trace, address by, bool[] memory good, uint256 nowSeconds) external {
        _tasks[trace].score(by, good, nowSeconds);
    }

    function expire(uint256 trace, uint256 nowSeconds) external {
        _tasks[trace].expire(nowSeconds);
    }

    function read(uint256 trace) external view returns (NetworkSteps.Task memory) {
        return _tasks[trace];
    }
}

/// The traces of network tasks that the rules of `packages/protocol` make, step by step: phase, deadline, and the name of each refusal.
contract NetworkTasksParityTest is TraceVectors {
    string internal constant PHASES = "requested created prepared started precommitted committed ended";
    string internal constant ENDINGS = "none scored uncreated unprepared unstarted unanswered unrevealed unscored";

    TaskHolder internal holder;

    function setUp() public {
        learn(PHASES);
        learn(ENDINGS);
    }

    function test_TakesEveryTraceOfTheVectors() public {
        uint256 steps = 0;
        for (uint256 i = 0;; ++i) {
            uint256 count = this.replay(i);
            if (count == 0) break;
            steps += count;
        }
        assertTrue(steps > 100, "there are traces");
    }

    /// One trace, in a call of its own, so that its memory is given back.
    function replay(uint256 trace) external returns (uint256 count) {
        string memory json = vm.readFile("packages/protocol/vectors/networkTask.json");
        string memory path = string.concat("[", vm.toString(trace), "]");
        if (!vm.keyExistsJson(json, path)) return 0;
        holder = TaskHolder(vm.parseJsonAddress(json, string.concat(path, ".start.domain.contract")));
        vm.etch(address(holder), address(new TaskHolder()).code);
        open(trace, json, string.concat(path, ".start"));
        for (; vm.keyExistsJson(json, at(path, ".steps", count)); ++count) {
            step(trace, json, at(path, ".steps", count));
        }
        checkEnd(trace, json, string.concat(path, ".end"));
    }

    function open(uint256 trace, string memory json, string memory start) internal {
        holder.request(
            trace,
            uint8(vm.parseJsonUint(json, string.concat(start, ".difficulty"))),
            seatsAt(json, string.concat(start, ".creators")),
            seatsAt(json, string.concat(start, ".preparers")),
            vm.parseJsonUint(json, string.concat(start, ".atSeconds"))
        );
    }

    function step(uint256 trace, string memory json, string memory path) internal {
        (bool ok, bytes memory given) = address(holder).call(dataOf(trace, json, path));
        assertOutcome(ok, given, vm.parseJsonString(json, string.concat(path, ".outcome")), path);
        NetworkSteps.Task memory task = holder.read(trace);
        assertEq(uint8(task.phase), indexIn(PHASES, vm.parseJsonString(json, string.concat(path, ".state"))), path);
        assertEq(task.deadline, vm.parseJsonUint(json, string.concat(path, ".seconds")), path);
    }

    function dataOf(uint256 trace, string memory json, string memory path) internal view returns (bytes memory) {
        uint256 nowSeconds = vm.parseJsonUint(json, string.concat(path, ".nowSeconds"));
        string memory sent = string.concat(path, ".event.");
        string memory kind = vm.parseJsonString(json, string.concat(sent, "kind"));
        if (isSame(kind, "expire")) return abi.encodeCall(TaskHolder.expire, (trace, nowSeconds));
        if (isSame(kind, "start")) {
            NetworkSteps.Seat[] memory solvers = seatsAt(json, string.concat(sent, "solvers"));
            NetworkSteps.Seat[] memory scorers = seatsAt(json, string.concat(sent, "scorers"));
            NetworkSteps.Seat[] memory makers = makersOf(trace, json);
            return abi.encodeCall(TaskHolder.start, (trace, makers, solvers, scorers, nowSeconds));
        }
        address by = vm.parseJsonAddress(json, string.concat(sent, "by"));
        if (isSame(kind, "create")) {
            return abi.encodeCall(TaskHolder.create, (trace, by, word(json, sent, "topicHash"), nowSeconds));
        }
        if (isSame(kind, "prepare")) {
            return abi.encodeCall(TaskHolder.prepare, (trace, by, word(json, sent, "questionsHash"), nowSeconds));
        }
        if (isSame(kind, "precommit")) {
            return abi.encodeCall(TaskHolder.precommit, (trace, by, word(json, sent, "hash"), nowSeconds));
        }
        if (isSame(kind, "commit")) {
            bytes32 taskId = vm.parseJsonBytes32(json, string.concat("[", vm.toString(trace), "].start.taskId"));
            (bytes32 result, bytes32 salt) = (word(json, sent, "resultHash"), word(json, sent, "salt"));
            return abi.encodeCall(TaskHolder.commit, (trace, taskId, by, result, salt, nowSeconds));
        }
        bool[] memory good = vm.parseJsonBoolArray(json, string.concat(sent, "good"));
        return abi.encodeCall(TaskHolder.score, (trace, by, good, nowSeconds));
    }

    /// The seats whose turn it was, as the task has them now.
    function makersOf(uint256 trace, string memory json) internal view returns (NetworkSteps.Seat[] memory makers) {
        NetworkSteps.Task memory task = holder.read(trace);
        string memory start = string.concat("[", vm.toString(trace), "].start");
        makers = new NetworkSteps.Seat[](2);
        makers[0] = seatsAt(json, string.concat(start, ".creators"))[task.creatorTurn];
        makers[1] = seatsAt(json, string.concat(start, ".preparers"))[task.preparerTurn];
    }

    function seatsAt(string memory json, string memory path) internal view returns (NetworkSteps.Seat[] memory seats) {
        uint256 count = 0;
        while (vm.keyExistsJson(json, at(path, "", count))) count += 1;
        seats = new NetworkSteps.Seat[](count);
        for (uint256 i = 0; i < count; ++i) {
            seats[i].node = vm.parseJsonAddress(json, string.concat(at(path, "", i), ".node"));
            seats[i].owner = vm.parseJsonAddress(json, string.concat(at(path, "", i), ".owner"));
        }
    }

    function checkEnd(uint256 trace, string memory json, string memory end) internal view {
        NetworkSteps.Task memory task = holder.read(trace);
        assertEq(uint8(task.ending), indexIn(ENDINGS, vm.parseJsonString(json, string.concat(end, ".ending"))), end);
        assertEq(task.at, vm.parseJsonUint(json, string.concat(end, ".atSeconds")), "at");
        assertEq(task.creatorTurn, vm.parseJsonUint(json, string.concat(end, ".creatorTurn")), "creatorTurn");
        assertEq(task.preparerTurn, vm.parseJsonUint(json, string.concat(end, ".preparerTurn")), "preparerTurn");
        assertEq(task.startedAt, vm.parseJsonUint(json, string.concat(end, ".startedAtSeconds")), "startedAt");
        assertEq(task.topicHash, word(json, end, ".topicHash"), "topicHash");
        assertEq(task.questionsHash, word(json, end, ".questionsHash"), "questionsHash");
        checkRound(json, string.concat(end, ".precommits.arrived"), task, task.precommits, task.precommitted);
        checkRound(json, string.concat(end, ".commits.arrived"), task, task.results, task.committed);
        checkScores(json, string.concat(end, ".scores.arrived"), task);
    }

    function checkRound(
        string memory json,
        string memory path,
        NetworkSteps.Task memory task,
        bytes32[7] memory values,
        uint8 arrived
    ) internal view {
        uint256 left = arrived;
        for (uint256 i = 0; vm.keyExistsJson(json, at(path, "", i)); ++i) {
            uint256 seat = seatOf(task.solvers, vm.parseJsonAddress(json, string.concat(at(path, "", i), ".by")));
            assertEq(values[seat], word(json, at(path, "", i), ".value"), "value");
            left &= ~(1 << seat);
        }
        assertEq(left, 0, "nobody else");
    }

    function checkScores(string memory json, string memory path, NetworkSteps.Task memory task) internal view {
        uint256 left = task.scored;
        for (uint256 i = 0; vm.keyExistsJson(json, at(path, "", i)); ++i) {
            uint256 seat = seatOf(task.scorers, vm.parseJsonAddress(json, string.concat(at(path, "", i), ".by")));
            bool[] memory good = vm.parseJsonBoolArray(json, string.concat(at(path, "", i), ".value"));
            for (uint256 j = 0; j < good.length; ++j) {
                assertTrue((task.votes[seat] >> j & 1 == 1) == good[j], "vote");
            }
            left &= ~(1 << seat);
        }
        assertEq(left, 0, "nobody else");
    }

    function seatOf(address[] memory seats, address node) internal pure returns (uint256 seat) {
        while (seats[seat] != node) seat += 1;
    }

    function word(string memory json, string memory path, string memory field) internal pure returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(path, field));
    }

    function selectorOf(string memory refusal) internal pure override returns (bytes4) {
        if (isSame(refusal, "outOfRange")) return Refusals.OutOfRange.selector;
        if (isSame(refusal, "clockBack")) return Refusals.ClockBack.selector;
        if (isSame(refusal, "ended")) return NetworkSteps.Ended.selector;
        if (isSame(refusal, "notDue")) return Refusals.NotDue.selector;
        if (isSame(refusal, "deadlineDue")) return Refusals.DeadlineDue.selector;
        if (isSame(refusal, "notYours")) return Refusals.NotYours.selector;
        if (isSame(refusal, "already")) return Seats.Already.selector;
        if (isSame(refusal, "phaseOther")) return NetworkSteps.PhaseOther.selector;
        if (isSame(refusal, "seatsBad")) return NetworkSteps.SeatsBad.selector;
        if (isSame(refusal, "commitOther")) return NetworkSteps.CommitOther.selector;
        revert(string.concat("unknown refusal: ", refusal));
    }
}
