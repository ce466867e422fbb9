// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { NetworkSteps } from "../../src/libraries/NetworkSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { Seats } from "../../src/libraries/Seats.sol";
import { Verdicts } from "../../src/libraries/Verdicts.sol";
import { TraceVectors } from "../support/TraceVectors.sol";

/// One dispute, to send events to.
contract OneDispute {
    using DisputeSteps for DisputeSteps.Case;

    DisputeSteps.Case internal _case;

    function open(address[] calldata parties, uint256 nowSeconds) external {
        for (uint256 i = 0; i < parties.length; ++i) {
            _case.roles[parties[i]] = DisputeSteps.PARTY;
        }
        _case.open(nowSeconds);
    }

    function seat(NetworkSteps.Seat[] calldata seats, uint256 nowSeconds) external {
        _case.seat(seats, nowSeconds);
    }

    function commit(address by, bytes32 commitment, uint256 nowSeconds) external {
        _case.commit(by, commitment, nowSeconds);
    }

    function reveal(address by, Verdicts.Outcome outcome, bytes32 shown, uint256 nowSeconds) external {
        _case.reveal(by, outcome, shown, nowSeconds);
    }

    function empanel(NetworkSteps.Seat[] calldata seats, uint256 nowSeconds) external {
        _case.empanel(seats, nowSeconds);
    }

    function vote(address by, bool isWrong, uint256 nowSeconds) external {
        _case.vote(by, isWrong, nowSeconds);
    }

    function appeal(uint256 nowSeconds) external {
        _case.appeal(nowSeconds);
    }

    function dismiss(uint256 nowSeconds) external {
        _case.dismiss(nowSeconds);
    }

    function expire(uint256 nowSeconds) external {
        _case.expire(nowSeconds);
    }

    function read() external view returns (DisputeSteps.Dispute memory) {
        return _case.dispute;
    }
}

/// The traces of disputes that the rules of `packages/protocol` make, step by step: phase, deadline, and the name of each refusal.
contract DisputeVectorsTest is TraceVectors {
    struct Columns {
        string[] kind;
        address[] by;
        bytes32[] hash;
        bytes32[] salt;
        uint256[] found;
        uint256[] firstDiff;
        uint256[] seats;
        address[] nodes;
        address[] owners;
        uint256[] nowSeconds;
        string[] outcome;
        string[] state;
        uint256[] seconds_;
    }

    /// What verdicts of a trace are about, and under whose domain they are made.
    struct Domain {
        bytes32 taskId;
        uint256 chainId;
        address attestations;
    }

    string internal constant PHASES = "opened seated committed called empanelled judged appealed reheard ended";
    string internal constant ENDINGS = "none cleared withheld slashed undecided undrawn planted";

    OneDispute internal dispute;

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
        assertTrue(steps > 500, "there are traces");
    }

    /// One trace, in a call of its own, so that its memory is given back.
    function replay(uint256 index) external returns (uint256 count) {
        string memory json = vm.readFile("packages/protocol/vectors/dispute.json");
        string memory trace = string.concat("[", vm.toString(index), "]");
        if (!vm.keyExistsJson(json, trace)) return 0;
        dispute = new OneDispute();
        string memory start = string.concat(trace, ".start.");
        dispute.open(
            vm.parseJsonAddressArray(json, string.concat(start, "parties")),
            vm.parseJsonUint(json, string.concat(start, "atSeconds"))
        );
        Domain memory domain = Domain({
            taskId: vm.parseJsonBytes32(json, string.concat(start, "taskId")),
            chainId: vm.parseJsonUint(json, string.concat(start, "domain.chainId")),
            attestations: vm.parseJsonAddress(json, string.concat(start, "domain.verifyingContract"))
        });
        count = play(trace, read(json, string.concat(trace, ".columns.")), domain);
        checkEnd(json, string.concat(trace, ".end."));
    }

    function play(string memory trace, Columns memory columns, Domain memory domain) internal returns (uint256 count) {
        uint256 from = 0;
        for (count = 0; count < columns.kind.length; ++count) {
            string memory label = at(trace, ".step", count);
            (bool ok, bytes memory given) = address(dispute).call(dataOf(columns, count, from, domain));
            from += columns.seats[count];
            assertOutcome(ok, given, columns.outcome[count], label);
            DisputeSteps.Dispute memory now_ = dispute.read();
            assertEq(uint8(now_.phase), indexIn(PHASES, columns.state[count]), label);
            assertEq(now_.deadline, columns.seconds_[count], label);
        }
    }

    function dataOf(Columns memory columns, uint256 i, uint256 from, Domain memory domain)
        internal
        pure
        returns (bytes memory)
    {
        string memory kind = columns.kind[i];
        uint256 nowSeconds = columns.nowSeconds[i];
        if (isSame(kind, "expire")) return abi.encodeCall(OneDispute.expire, (nowSeconds));
        if (isSame(kind, "appeal")) return abi.encodeCall(OneDispute.appeal, (nowSeconds));
        if (isSame(kind, "dismiss")) return abi.encodeCall(OneDispute.dismiss, (nowSeconds));
        if (isSame(kind, "seat")) return abi.encodeCall(OneDispute.seat, (seatsOf(columns, i, from), nowSeconds));
        if (isSame(kind, "empanel")) {
            return abi.encodeCall(OneDispute.empanel, (seatsOf(columns, i, from), nowSeconds));
        }
        if (isSame(kind, "commit")) {
            return abi.encodeCall(OneDispute.commit, (columns.by[i], columns.hash[i], nowSeconds));
        }
        if (isSame(kind, "vote")) {
            return abi.encodeCall(OneDispute.vote, (columns.by[i], columns.found[i] == 1, nowSeconds));
        }
        Verdicts.Outcome outcome = Verdicts.Outcome(columns.found[i]);
        bytes32 shown = shownBy(columns, i, domain);
        return abi.encodeCall(OneDispute.reveal, (columns.by[i], outcome, shown, nowSeconds));
    }

    function shownBy(Columns memory columns, uint256 i, Domain memory domain) internal pure returns (bytes32) {
        Verdicts.Verdict memory verdict = Verdicts.Verdict({
            taskId: domain.taskId,
            tier: 2,
            outcome: Verdicts.Outcome(columns.found[i]),
            stats: columns.hash[i],
            firstDiff: uint32(columns.firstDiff[i]),
            salt: columns.salt[i]
        });
        return Verdicts.commitmentOf(domain.chainId, domain.attestations, columns.by[i], verdict);
    }

    function seatsOf(Columns memory columns, uint256 i, uint256 from)
        internal
        pure
        returns (NetworkSteps.Seat[] memory seats)
    {
        seats = new NetworkSteps.Seat[](columns.seats[i]);
        for (uint256 j = 0; j < seats.length; ++j) {
            seats[j] = NetworkSteps.Seat(columns.nodes[from + j], columns.owners[from + j]);
        }
    }

    function checkEnd(string memory json, string memory end) internal view {
        DisputeSteps.Dispute memory ended = dispute.read();
        string memory ending = vm.parseJsonString(json, string.concat(end, "ending"));
        assertEq(uint8(ended.ending), indexIn(ENDINGS, ending), end);
        string memory verdict = vm.parseJsonString(json, string.concat(end, "verdict"));
        assertEq(uint8(ended.verdict), indexIn(ENDINGS, verdict), "verdict");
        assertEq(ended.round, vm.parseJsonUint(json, string.concat(end, "round")), "round");
        assertEq(ended.tries, vm.parseJsonUint(json, string.concat(end, "tries")), "tries");
        assertEq(ended.at, vm.parseJsonUint(json, string.concat(end, "atSeconds")), "at");
        assertTrue(ended.isAppealed == vm.parseJsonBool(json, string.concat(end, "isAppealed")), "isAppealed");
    }

    function read(string memory json, string memory path) internal pure returns (Columns memory columns) {
        columns.kind = vm.parseJsonStringArray(json, string.concat(path, "kind"));
        columns.by = vm.parseJsonAddressArray(json, string.concat(path, "by"));
        columns.hash = vm.parseJsonBytes32Array(json, string.concat(path, "hash"));
        columns.salt = vm.parseJsonBytes32Array(json, string.concat(path, "salt"));
        columns.found = vm.parseJsonUintArray(json, string.concat(path, "found"));
        columns.firstDiff = vm.parseJsonUintArray(json, string.concat(path, "firstDiff"));
        columns.seats = vm.parseJsonUintArray(json, string.concat(path, "seats"));
        columns.nodes = vm.parseJsonAddressArray(json, string.concat(path, "nodes"));
        columns.owners = vm.parseJsonAddressArray(json, string.concat(path, "owners"));
        columns.nowSeconds = vm.parseJsonUintArray(json, string.concat(path, "nowSeconds"));
        columns.outcome = vm.parseJsonStringArray(json, string.concat(path, "outcome"));
        columns.state = vm.parseJsonStringArray(json, string.concat(path, "state"));
        columns.seconds_ = vm.parseJsonUintArray(json, string.concat(path, "seconds"));
    }

    function selectorOf(string memory refusal) internal pure override returns (bytes4) {
        if (isSame(refusal, "outOfRange")) return Refusals.OutOfRange.selector;
        if (isSame(refusal, "clockBack")) return Refusals.ClockBack.selector;
        if (isSame(refusal, "ended")) return DisputeSteps.Ended.selector;
        if (isSame(refusal, "notDue")) return Refusals.NotDue.selector;
        if (isSame(refusal, "deadlineDue")) return Refusals.DeadlineDue.selector;
        if (isSame(refusal, "notYours")) return Refusals.NotYours.selector;
        if (isSame(refusal, "already")) return Seats.Already.selector;
        if (isSame(refusal, "phaseOther")) return DisputeSteps.PhaseOther.selector;
        if (isSame(refusal, "seatsBad")) return DisputeSteps.SeatsBad.selector;
        if (isSame(refusal, "commitOther")) return DisputeSteps.CommitOther.selector;
        revert(string.concat("unknown refusal: ", refusal));
    }
}
