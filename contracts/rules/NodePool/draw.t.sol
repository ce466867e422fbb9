// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INodePool } from "../../src/interfaces/INodePool.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Claims } from "../../src/libraries/Claims.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

contract NodePoolDrawTest is NodeNetwork {
    uint32 internal account;
    uint64 internal drawEpoch;
    address[] internal nodes;

    function setUp() public override {
        super.setUp();
        account = openSession(someParams());
        for (uint256 i = 0; i < 6; ++i) {
            nodes.push(nodeInPool(100 + i, 3));
        }
    }

    /// A request of the session, and the first second of its draw.
    function request() internal returns (bytes32 subject) {
        vm.prank(client);
        subject = pool.request(account);
        drawEpoch = epochNow() + 2;
    }

    function toClaims() internal {
        vm.warp(startOf(drawEpoch));
    }

    function toDraw() internal {
        vm.warp(startOf(drawEpoch) + EPOCH_SECONDS / 2);
    }

    function requestWith(ISessions.SessionParams memory params, bytes memory refusal) internal {
        uint32 other = openSession(params);
        vm.expectRevert(refusal);
        vm.prank(client);
        pool.request(other);
    }

    function expectClaimRefused(address node) internal {
        vm.expectRevert(abi.encodeWithSelector(INodePool.NotDrawable.selector, node));
        pool.claim(account, node);
    }

    /* REQUESTS */

    function test_AsksAsTheSessionsParametersSay() public {
        ISessions.SessionParams memory params = someParams();
        (params.maxNumOfNodes, params.sla, params.maxTaskExecutionCount) = (40, 4, 9);
        account = openSession(params);
        bytes32 subject = keccak256(abi.encode(block.chainid, address(pool), account, uint256(1)));
        expectEvent(address(pool));
        emit INodePool.NodesRequested(account, subject, epochNow());
        assertEq(request(), subject, "subject");
        INodePool.Request memory asked = pool.requestOf(account);
        assertEq(asked.nodesMin, 1, "nodesMin");
        assertEq(asked.nodesMax, 16, "no more than one draw can reserve");
        assertEq(asked.levelMin, 4, "levelMin");
        assertEq(asked.periodSeconds, 3_000, "periodSeconds");
        assertEq(asked.tasksMax, 9, "tasksMax");
    }

    function test_RevertWhen_TheSessionAsksForNothingThatThePoolGives() public {
        ISessions.SessionParams memory params = someParams();
        params.reserveEphemeralNodes = false;
        requestWith(params, abi.encodeWithSelector(INodePool.ReservesNone.selector, 2));
        params = someParams();
        (params.minNumOfNodes, params.maxNumOfNodes) = (17, 17);
        requestWith(params, abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("nodesMin"), 17));
        params = someParams();
        params.reservePeriod = 0;
        requestWith(params, abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("periodSeconds"), 0));
        params.reservePeriod = uint32(7 days + 1);
        requestWith(params, abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("periodSeconds"), 7 days + 1));
        params = someParams();
        params.maxTaskExecutionCount = 1_000_001;
        requestWith(params, abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("tasksMax"), 1_000_001));
    }

    function test_RevertWhen_TheSessionIsOver() public {
        vm.prank(client);
        sessions.deactivateSession(account);
        vm.expectRevert(abi.encodeWithSelector(INodePool.SessionInactive.selector, account));
        vm.prank(client);
        pool.request(account);
    }

    function test_RevertWhen_WhoAsksDoesNotSpeakForTheSession() public {
        vm.expectRevert(abi.encodeWithSelector(INodePool.NotSessionSpeaker.selector, stranger, account));
        vm.prank(stranger);
        pool.request(account);
    }

    function test_LetsTheSessionsRoutersAsk() public {
        vm.prank(client);
        sessions.addRouter(account, stranger);
        vm.prank(stranger);
        pool.request(account);
        assertTrue(pool.requestOf(account).subject != 0, "asked");
    }

    function test_LetsANodeOfARouterAsk() public {
        address node = registerNode(1, ownerOfNode(1));
        IRegistry.NodeDetails memory details = someDetails(CLASS);
        vm.prank(client);
        sessions.addRouter(account, ownerOfNode(1));
        vm.expectRevert(abi.encodeWithSelector(INodePool.NotSessionSpeaker.selector, node, account));
        vm.prank(node);
        pool.request(account);
        details.roles = 1;
        vm.prank(ownerOfNode(1));
        registry.update(node, details);
        vm.prank(node);
        pool.request(account);
        assertTrue(pool.requestOf(account).subject != 0, "asked");
    }

    function test_TakesAnotherRequestOnceTheLastIsVoid() public {
        request();
        vm.warp(startOf(drawEpoch + 1) - 1);
        vm.expectRevert(abi.encodeWithSelector(INodePool.RequestOpen.selector, account));
        vm.prank(client);
        pool.request(account);
        wait(1);
        request();
    }

    /* CLAIMS */

    function test_RevertWhen_AClaimIsOutOfItsHalfOfTheEpoch() public {
        address node = nodeInPool(1, 3);
        vm.expectRevert(abi.encodeWithSelector(INodePool.RequestNone.selector, account));
        pool.claim(account, node);
        request();
        vm.warp(startOf(drawEpoch) - 1);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, startOf(drawEpoch)));
        pool.claim(account, node);
        toDraw();
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawLate.selector, startOf(drawEpoch) + 300));
        pool.claim(account, node);
    }

    function test_RevertWhen_TheBeaconIsNotKnown() public {
        address node = nodeInPool(1, 3);
        request();
        toClaims();
        beacons.withhold(drawEpoch);
        vm.expectRevert(abi.encodeWithSelector(Draws.BeaconUnknown.selector, drawEpoch));
        pool.claim(account, node);
    }

    function test_RevertWhen_TheNodeCannotBeDrawn() public {
        ISessions.SessionParams memory params = someParams();
        params.sla = 4;
        account = openSession(params);
        address low = nodeInPool(1, 3);
        address outside = assessedNode(2, 5);
        address unverified = nodeInPool(3, 5);
        request();
        vm.warp(startOf(drawEpoch - 1));
        address late = nodeInPool(4, 5);
        toClaims();
        vm.prank(ownerOfNode(3));
        registry.update(unverified, someDetails(keccak256("another class")));
        expectClaimRefused(low);
        expectClaimRefused(outside);
        expectClaimRefused(unverified);
        expectClaimRefused(late);
        expectClaimRefused(stranger);
    }

    function test_TakesANodeThatEnteredInTheRequestsLastSecond() public {
        request();
        vm.warp(startOf(drawEpoch - 1) - 1);
        address node = nodeInPool(1, 3);
        toClaims();
        pool.claim(account, node);
        vm.expectRevert(
            abi.encodeWithSelector(Claims.ClaimNotLower.selector, ticketOf(node) >> 160, ticketOf(node) >> 160)
        );
        pool.claim(account, node);
    }

    /* DRAWS */

    function test_RevertWhen_ADrawIsOutOfItsHalfOfTheEpoch() public {
        request();
        toClaims();
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, startOf(drawEpoch) + 300));
        pool.draw(account);
        vm.warp(startOf(drawEpoch + 1));
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawLate.selector, startOf(drawEpoch + 1)));
        pool.draw(account);
    }

    function test_RevertWhen_TooFewWereThere() public {
        request();
        toDraw();
        vm.expectRevert(abi.encodeWithSelector(INodePool.TooFew.selector, 0, 1));
        pool.draw(account);
    }

    /// Whoever claims in what order, and whatever else is claimed: the lowest tickets of all are drawn.
    function testFuzz_DrawsTheLowestTickets(uint256 order, uint256 leaver) public {
        request();
        toClaims();
        for (uint256 i = 0; i < 6; ++i) {
            pool.claim(account, nodes[(i + order % 6) % 6]);
        }
        leaver = leaver % 6;
        vm.prank(nodes[leaver]);
        pool.leavePool();
        toDraw();
        vm.prank(stranger);
        address[] memory drawn = pool.draw(account);
        assertEq(drawn.length, 2, "as many as the session takes");
        for (uint256 i = 0; i < 6; ++i) {
            bool isDrawn = nodes[i] == drawn[0] || nodes[i] == drawn[1];
            bool isLow = i != leaver && ticketOf(nodes[i]) <= ticketOf(drawn[1]);
            assertTrue(isDrawn == isLow, "nobody with a higher ticket, and who left moved nobody else");
            assertTrue((stateOf(nodes[i]) == NodeLives.State.Reserved) == isDrawn, "reserved");
        }
        assertTrue(ticketOf(drawn[0]) < ticketOf(drawn[1]), "in order");
        assertEq(pool.drawnFor(account).length, 2, "on record");
        vm.expectRevert(abi.encodeWithSelector(INodePool.RequestNone.selector, account));
        pool.draw(account);
    }

    function test_LeavesFrozenNodesOut() public {
        request();
        toClaims();
        guardFreezes.set(nodes[0], true);
        juryFreezes.set(nodes[1], true);
        expectClaimRefused(nodes[0]);
        expectClaimRefused(nodes[1]);
        juryFreezes.set(nodes[1], false);
        pool.claim(account, nodes[1]);
        pool.claim(account, nodes[2]);
        pool.claim(account, nodes[3]);
        juryFreezes.set(nodes[2], true);
        toDraw();
        address[] memory drawn = pool.draw(account);
        assertEq(drawn.length, 2, "whoever is left");
        for (uint256 i = 0; i < 2; ++i) {
            assertTrue(drawn[i] == nodes[1] || drawn[i] == nodes[3], "none that was frozen after its claim");
        }
        assertState(nodes[2], NodeLives.State.Ephemeral, "still in the pool");
    }

    function test_DrawsBySharesOfStake() public {
        address node = nodeInPool(1, 3);
        stake(ownerOfNode(1), 3e18);
        vm.prank(ownerOfNode(1));
        weights.setWeight(node, 4);
        request();
        toClaims();
        uint256 lowest = Draws.lowestTicket(0, beacons.beaconOf(drawEpoch), pool.requestOf(account).subject, node, 4);
        expectEvent(address(pool));
        emit INodePool.NodeClaimed(pool.requestOf(account).subject, node, uint96(lowest >> 160));
        pool.claim(account, node);
    }

    function ticketOf(address node) internal view returns (uint256) {
        return Draws.lowestTicket(0, beacons.beaconOf(drawEpoch), pool.requestOf(account).subject, node, 1);
    }
}
