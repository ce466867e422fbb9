// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { SessionQueue } from "../../src/l2/queue/SessionQueue.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { SessionTasks } from "../../src/libraries/SessionTasks.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { QueuedTasks } from "../../test/support/QueuedTasks.sol";

/// The traces of `packages/protocol`'s machine, one event after another: the queue takes and refuses the same, for the same
/// reason, and is where the machine is after each.
contract SessionQueueVectorsTest is QueuedTasks {
    string internal constant FILE = "packages/protocol/vectors/sessionTask.json";

    /// The contracts stand where the vectors have them: precommits and the session's id name their addresses.
    function setUp() public override {
        super.setUp();
        string memory json = vm.readFile(FILE);
        address at = vm.parseJsonAddress(json, ".sessions");
        vm.etch(at, address(sessions).code);
        sessions = Sessions(at);
        address queueAt = vm.parseJsonAddress(json, ".traces[0].start.domain.contract");
        vm.etch(queueAt, address(new SessionQueue(sessions, routers)).code);
        queue = SessionQueue(queueAt);
        assertEq(vm.parseJsonUint(json, ".traces[0].start.domain.chainId"), block.chainid, "chain");
        client = vm.parseJsonAddress(json, ".traces[0].start.client");
        openSession(client);
    }

    function test_EndsWhole() public {
        replay(0);
    }

    function test_EndsPartial() public {
        replay(1);
    }

    function test_EndsUnassigned() public {
        replay(2);
    }

    function test_EndsUnacked() public {
        replay(3);
    }

    function test_EndsUnanswered() public {
        replay(4);
    }

    function test_EndsUnrevealed() public {
        replay(5);
    }

    function test_RefusesWhatIsRefused() public {
        uint256 snapshot = vm.snapshotState();
        string memory json = vm.readFile(FILE);
        for (uint256 i = 6; vm.keyExistsJson(json, traceAt(i)); ++i) {
            replay(i);
            vm.revertToState(snapshot);
            assertTrue(i < 64, "there are few");
        }
    }

    /* REPLAY */

    function replay(uint256 index) internal {
        string memory json = vm.readFile(FILE);
        string memory trace = traceAt(index);
        bytes32 taskId = begin(json, string.concat(trace, ".start"));
        uint256 steps = 0;
        for (; vm.keyExistsJson(json, stepAt(trace, steps)); ++steps) {
            replayStep(json, taskId, stepAt(trace, steps));
        }
        assertTrue(steps != 0, "there are steps");
        assertEnd(json, taskId, string.concat(trace, ".end"));
    }

    function begin(string memory json, string memory start) internal returns (bytes32 taskId) {
        vm.warp(number(json, start, ".startSeconds"));
        ISessionQueue.Terms memory terms = ISessionQueue.Terms({
            assigner: account(json, start, ".assigner"), workSeconds: uint16(number(json, start, ".workSeconds"))
        });
        Tasks.Task memory task = readTask(json);
        vm.prank(client);
        taskId = queue.enqueue(task, terms, noPayload());
        assertEq(taskId, word(json, start, ".taskId"), "the task's id is its hash");
    }

    function replayStep(string memory json, bytes32 taskId, string memory step) internal {
        vm.warp(number(json, step, ".nowSeconds"));
        string memory kind = text(json, step, ".event.kind");
        bytes memory call = callOf(json, taskId, kind, string.concat(step, ".event"));
        vm.prank(same(kind, "expire") ? stranger : account(json, step, ".event.by"));
        (bool ok, bytes memory answer) = address(queue).call(call);
        string memory outcome = text(json, step, ".outcome");
        assertTrue(ok == same(outcome, "moved"), string.concat(step, " ", outcome));
        if (!ok) assertTrue(isRefusal(kind, outcome, bytes4(answer)), string.concat(step, " ", outcome));
        assertPhase(taskId, phaseOf(text(json, step, ".state")), number(json, step, ".seconds"));
    }

    function callOf(string memory json, bytes32 taskId, string memory kind, string memory sent)
        internal
        view
        returns (bytes memory)
    {
        if (same(kind, "assign")) {
            return abi.encodeCall(queue.assign, (taskId, readAddresses(json, sent, ".miners")));
        }
        if (same(kind, "ack")) return abi.encodeCall(queue.ack, (taskId));
        if (same(kind, "precommit")) return abi.encodeCall(queue.precommit, (taskId, word(json, sent, ".hash")));
        if (same(kind, "commit")) {
            return abi.encodeCall(queue.commit, (taskId, word(json, sent, ".resultHash"), word(json, sent, ".salt")));
        }
        if (same(kind, "end")) return abi.encodeCall(queue.end, (taskId));
        assertTrue(same(kind, "expire"), kind);
        return abi.encodeCall(queue.expire, (taskId));
    }

    /// The custom error of each refusal.
    function isRefusal(string memory kind, string memory outcome, bytes4 selector) internal pure returns (bool) {
        if (same(outcome, "ended")) return selector == ISessionQueue.TaskOver.selector;
        if (same(outcome, "notDue")) return selector == ISessionQueue.DeadlineNotDue.selector;
        if (same(outcome, "deadlineDue")) return selector == ISessionQueue.DeadlineDue.selector;
        if (same(outcome, "phaseOther")) return selector == ISessionQueue.PhaseOther.selector;
        if (same(outcome, "already")) return selector == ISessionQueue.AlreadyGiven.selector;
        if (same(outcome, "commitOther")) return selector == ISessionQueue.CommitOther.selector;
        if (same(outcome, "seatsBad")) {
            return selector == ISessionQueue.SeatsOutOfBounds.selector || selector == ISessionQueue.SeatTwice.selector;
        }
        if (!same(outcome, "notYours")) return false;
        if (same(kind, "assign")) return selector == ISessionQueue.NotAssigner.selector;
        if (same(kind, "end")) return selector == ISessionQueue.NotClient.selector;
        return selector == ISessionQueue.NotSeated.selector;
    }

    /* THE END */

    function assertEnd(string memory json, bytes32 taskId, string memory end) internal view {
        ISessionQueue.SessionTask memory task = queue.taskOf(taskId);
        assertEq(task.client, account(json, end, ".client"), "client");
        assertEq(task.state.assigner, account(json, end, ".assigner"), "assigner");
        assertPhase(taskId, phaseOf(text(json, end, ".phase")), number(json, end, ".deadlineSeconds"));
        uint256 ending =
            vm.keyExistsJson(json, string.concat(end, ".ending")) ? endingOf(text(json, end, ".ending")) : 0;
        assertEq(uint256(task.state.ending), ending, "ending");

        ISessionQueue.Seat[] memory seats = queue.seatsOf(taskId);
        address[] memory seated = readAddresses(json, end, ".acks.seats");
        assertEq(seats.length, seated.length, "seats");
        for (uint256 i = 0; i < seats.length; ++i) {
            assertEq(seats[i].miner, seated[i], "in their order");
        }
        assertArrived(json, seats, task.state.acked, end, ".acks");
        uint256 committed = assertArrived(json, seats, task.state.committed, end, ".commits");
        uint256 precommitted = assertArrived(json, seats, task.state.precommitted, end, ".precommits");
        assertTrue(committed <= precommitted, "who commits has precommitted");
    }

    /// Who has arrived in a round is who has in the trace; what a seat is bound to is the last that it gave.
    function assertArrived(
        string memory json,
        ISessionQueue.Seat[] memory seats,
        uint8 set,
        string memory end,
        string memory round
    ) internal view returns (uint256 arrived) {
        for (; vm.keyExistsJson(json, arrivalAt(end, round, arrived)); ++arrived) {
            string memory arrival = arrivalAt(end, round, arrived);
            uint256 index = 0;
            while (seats[index].miner != account(json, arrival, ".by")) ++index;
            assertTrue(SessionTasks.has(set, index), "has arrived");
            if (same(round, ".commits")) assertEq(seats[index].bound, word(json, arrival, ".value"), "result");
        }
        assertEq(SessionTasks.countOf(set), arrived, "nobody else");
    }

    /* JSON */

    function traceAt(uint256 index) internal pure returns (string memory) {
        return string.concat(".traces[", vm.toString(index), "]");
    }

    function stepAt(string memory trace, uint256 index) internal pure returns (string memory) {
        return string.concat(trace, ".steps[", vm.toString(index), "]");
    }

    function arrivalAt(string memory end, string memory round, uint256 index) internal pure returns (string memory) {
        return string.concat(end, round, ".arrived[", vm.toString(index), "]");
    }

    function readTask(string memory json) internal pure returns (Tasks.Task memory task) {
        task.account = uint32(number(json, ".task", ".account"));
        task.session = word(json, ".task", ".session");
        task.seq = uint32(number(json, ".task", ".seq"));
        task.modelId = word(json, ".task", ".modelId");
        task.promptCommit = word(json, ".task", ".promptCommit");
        task.paramsHash = word(json, ".task", ".paramsHash");
        task.maxIn = uint32(number(json, ".task", ".maxIn"));
        task.maxOut = uint32(number(json, ".task", ".maxOut"));
        task.feeCapWei = uint96(number(json, ".task", ".feeCapWei"));
        task.deadline = uint64(number(json, ".task", ".deadline"));
        task.userNonce = word(json, ".task", ".userNonce");
        assertTrue(same(text(json, ".task", ".privacy"), "open"), "in the open");
        task.redundancy = uint8(number(json, ".task", ".redundancy"));
    }

    function readAddresses(string memory json, string memory path, string memory field)
        internal
        view
        returns (address[] memory found)
    {
        address[7] memory read;
        uint256 count = 0;
        for (;; ++count) {
            string memory at = string.concat(path, field, "[", vm.toString(count), "]");
            if (!vm.keyExistsJson(json, at)) break;
            read[count] = vm.parseJsonAddress(json, at);
        }
        found = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            found[i] = read[i];
        }
    }

    function number(string memory json, string memory path, string memory field) internal pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, field));
    }

    function word(string memory json, string memory path, string memory field) internal pure returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(path, field));
    }

    function account(string memory json, string memory path, string memory field) internal pure returns (address) {
        return vm.parseJsonAddress(json, string.concat(path, field));
    }

    function text(string memory json, string memory path, string memory field) internal pure returns (string memory) {
        return vm.parseJsonString(json, string.concat(path, field));
    }

    function same(string memory left, string memory right) internal pure returns (bool) {
        return keccak256(bytes(left)) == keccak256(bytes(right));
    }

    function phaseOf(string memory name) internal pure returns (SessionTasks.Phase) {
        string[6] memory names = ["enqueued", "assigned", "acked", "precommitted", "committed", "ended"];
        for (uint256 i = 0; i < names.length; ++i) {
            if (same(name, names[i])) return SessionTasks.Phase(i);
        }
        revert NotTrue(name);
    }

    /// From 1: 0 is none.
    function endingOf(string memory name) internal pure returns (uint256) {
        string[6] memory names = ["whole", "partial", "unassigned", "unacked", "unanswered", "unrevealed"];
        for (uint256 i = 0; i < names.length; ++i) {
            if (same(name, names[i])) return i + 1;
        }
        revert NotTrue(name);
    }
}
