// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IWorkRecords } from "../../src/interfaces/IWorkRecords.sol";
import { WorkRecords } from "../../src/l2/guards/WorkRecords.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

/// Routers with a lane, and four guards of one stake.
contract WorkRecordsTest is GuardNetwork {
    event log_named_uint(string name, uint256 value);

    uint64 internal constant EPOCH = 6;
    uint256 internal constant ROUTER = 50;
    bytes32 internal constant ROOT = keccak256("root");
    bytes32 internal constant CID = keccak256("cid");
    uint256 internal constant POST_MOST = 60_000;
    uint256 internal constant REPORT_MOST = 80_000;

    WorkRecords internal records;
    address internal lane;

    function setUp() public override {
        super.setUp();
        records = new WorkRecords(registry, sets);
        registerNode(ROUTER, 1);
        lane = ownerOf(ROUTER);
        joinAll(4, STAKE_MIN);
        fix(EPOCH);
    }

    function post(address by, uint64 epoch) internal {
        vm.prank(by);
        records.post(lane, epoch, ROOT, CID, 3, 2);
    }

    function report(uint256 number, uint64 epoch) internal {
        vm.prank(guardOf(number));
        records.report(lane, epoch);
    }

    function postedAndOver() internal {
        post(guardOf(ROUTER), EPOCH);
        warpToEpoch(EPOCH + 1);
    }

    /* POST */

    function test_KeepsARecordOfARouter() public {
        expectEvent(address(records));
        emit IWorkRecords.WorkPosted(lane, EPOCH, guardOf(ROUTER), ROOT, CID, 3, 2);
        post(guardOf(ROUTER), EPOCH);
        assertEq(records.rootOf(lane, EPOCH), ROOT, "its root");
        assertEq(records.rootOf(lane, EPOCH + 1), bytes32(0), "of no other epoch");
    }

    function test_RevertWhen_TheCallerIsNoActiveRouterOfTheLane() public {
        address[3] memory others = [lane, stranger, guardOf(1)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IWorkRecords.NotRouterOf.selector, others[i], lane));
            post(others[i], EPOCH);
        }
        vm.prank(lane);
        registry.leave(guardOf(ROUTER));
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.NotRouterOf.selector, guardOf(ROUTER), lane));
        post(guardOf(ROUTER), EPOCH);
    }

    function test_TakesARecordUntilTheCutOffAlone() public {
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordOutOfTime.selector, EPOCH + 1, EPOCH));
        post(guardOf(ROUTER), EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordOutOfTime.selector, EPOCH - 1, EPOCH));
        post(guardOf(ROUTER), EPOCH - 1);
        vm.warp(T0 + (EPOCH + 1) * EPOCH_SECONDS - 60);
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordOutOfTime.selector, EPOCH, EPOCH + 1));
        post(guardOf(ROUTER), EPOCH);
        vm.warp(T0 + (EPOCH + 1) * EPOCH_SECONDS - 61);
        post(guardOf(ROUTER), EPOCH);
    }

    function test_RevertWhen_TheLaneHasOneOfTheEpochOrNone() public {
        vm.prank(guardOf(ROUTER));
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordEmpty.selector));
        records.post(lane, EPOCH, 0, CID, 0, 0);
        post(guardOf(ROUTER), EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordPostedAlready.selector, lane, EPOCH, ROOT));
        post(guardOf(ROUTER), EPOCH);
    }

    /* REPORT */

    function test_CondemnsByAQuorum() public {
        postedAndOver();
        expectEvent(address(records));
        emit IWorkRecords.WorkReported(lane, EPOCH, guardOf(1));
        report(1, EPOCH);
        report(2, EPOCH);
        assertTrue(!records.isCondemned(lane, EPOCH), "half of the stake");
        expectEvent(address(records));
        emit IWorkRecords.WorkCondemned(lane, EPOCH);
        report(3, EPOCH);
        assertTrue(records.isCondemned(lane, EPOCH), "three quarters");
        report(4, EPOCH);
        assertTrue(!records.isCondemned(lane, EPOCH + 1), "no other");
    }

    function test_TakesReportsInTheRecordsOfTheEpochsAfterAlone() public {
        bytes memory outOfTime =
            abi.encodeWithSelector(IWorkRecords.ReportOutOfTime.selector, EPOCH, EPOCH + 1, EPOCH + 16);
        post(guardOf(ROUTER), EPOCH);
        vm.expectRevert(outOfTime);
        report(1, EPOCH);
        vm.warp(T0 + (EPOCH + 1) * EPOCH_SECONDS - 60);
        report(1, EPOCH);
        vm.warp(T0 + (EPOCH + 17) * EPOCH_SECONDS - 61);
        report(2, EPOCH);
        vm.warp(T0 + (EPOCH + 17) * EPOCH_SECONDS - 60);
        vm.expectRevert(outOfTime);
        report(3, EPOCH);
    }

    function test_RevertWhen_ThereIsNothingToReportOrNobodyMay() public {
        warpToEpoch(EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.RecordUnknown.selector, lane, EPOCH));
        report(1, EPOCH);
        warpToEpoch(EPOCH);
        postedAndOver();
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.NotGuardOf.selector, guardOf(9), EPOCH));
        report(9, EPOCH);
        report(1, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.ReportedAlready.selector, lane, EPOCH, guardOf(1)));
        report(1, EPOCH);
    }

    function test_CountsNoFrozenGuard() public {
        postedAndOver();
        report(1, EPOCH);
        attestations.freeze(proofBy(keyOf(1), 5));
        report(2, EPOCH);
        report(3, EPOCH);
        assertTrue(!records.isCondemned(lane, EPOCH), "the frozen one's word counts nothing, its stake does");
        report(4, EPOCH);
        assertTrue(records.isCondemned(lane, EPOCH), "three others");
    }

    function test_RevertWhen_AFrozenGuardReports() public {
        postedAndOver();
        attestations.freeze(proofBy(keyOf(1), 5));
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.GuardFrozen.selector, guardOf(1)));
        report(1, EPOCH);
    }

    function test_HasNoGuardsBeforeAnySet() public {
        deploySets(0);
        records = new WorkRecords(registry, sets);
        registerNode(ROUTER, 1);
        postedAndOver();
        vm.expectRevert(abi.encodeWithSelector(IWorkRecords.NotGuardOf.selector, guardOf(1), EPOCH));
        report(1, EPOCH);
    }

    /* GAS */

    /// Execution, without the 21,000 of a transaction and its calldata. Every slot is cold.
    function test_Gas() public {
        uint256 posting = measure("post", guardOf(ROUTER), abi.encodeCall(records.post, (lane, EPOCH, ROOT, CID, 3, 2)));
        assertTrue(posting <= POST_MOST, "a record's gas is bounded");
        warpToEpoch(EPOCH + 1);
        for (uint256 number = 1; number <= 3; ++number) {
            uint256 reporting = measure("report", guardOf(number), abi.encodeCall(records.report, (lane, EPOCH)));
            assertTrue(reporting <= REPORT_MOST, "a report's gas is bounded");
        }
    }

    function measure(string memory label, address by, bytes memory data) internal returns (uint256 gas) {
        vm.cool(address(records));
        vm.cool(address(registry));
        vm.cool(address(sets));
        vm.prank(by);
        uint256 before = gasleft();
        (bool ok,) = address(records).call(data);
        gas = before - gasleft();
        assertTrue(ok, label);
        emit log_named_uint(label, gas);
    }
}
