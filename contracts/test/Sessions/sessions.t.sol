// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Network } from "../support/Network.sol";

contract SessionsTest is Network {
    function everyParam() internal pure returns (ISessions.SessionParams memory) {
        return ISessions.SessionParams({
            name: "my session",
            metadata: "cid",
            minNumOfNodes: 2,
            maxNumOfNodes: 9,
            redundant: 3,
            numOfValidatorNodes: 1,
            mode: 2,
            reserveEphemeralNodes: true,
            sla: 10,
            modelIdentifier: keccak256("model"),
            reservePeriod: 3_600,
            maxTaskExecutionCount: 500,
            privacy: 2,
            engine: 1,
            auditMode: 2
        });
    }

    function test_KeepsEveryParameter() public {
        ISessions.SessionParams memory params = everyParam();
        bytes32 sid = keccak256(abi.encode(block.chainid, address(sessions), uint32(1)));
        expectEvent(address(sessions));
        emit ISessions.SessionCreated(1, sid, client, params);
        vm.prank(client);
        sessions.create(params);
        ISessions.Session memory kept = sessions.sessionOf(1);
        assertEq(keccak256(abi.encode(kept.params)), keccak256(abi.encode(params)), "params");
        assertEq(kept.owner, client, "owner");
        assertTrue(kept.active, "active");
        assertEq(kept.createdAt, block.timestamp, "createdAt");
        assertEq(sessions.sidOf(1), sid, "sid");
    }

    function refuse(ISessions.SessionParams memory params, bytes32 param, uint256 value, uint256 min, uint256 max)
        internal
    {
        vm.expectRevert(abi.encodeWithSelector(ISessions.ParamOutOfBounds.selector, param, value, min, max));
        sessions.create(params);
    }

    function test_RevertWhen_AParameterIsOutOfBounds() public {
        ISessions.SessionParams memory params = everyParam();
        params.name = "";
        refuse(params, "name", 0, 1, 64);
        params.name = string(new bytes(65));
        refuse(params, "name", 65, 1, 64);
        params = everyParam();
        params.metadata = string(new bytes(513));
        refuse(params, "metadata", 513, 0, 512);
        params = everyParam();
        params.minNumOfNodes = 0;
        refuse(params, "minNumOfNodes", 0, 1, 9);
        params.minNumOfNodes = 10;
        refuse(params, "minNumOfNodes", 10, 1, 9);
        params = everyParam();
        params.maxNumOfNodes = 1_025;
        refuse(params, "maxNumOfNodes", 1_025, 1, 1_024);
        params = everyParam();
        params.redundant = 0;
        refuse(params, "redundant", 0, 1, 7);
        params.redundant = 8;
        refuse(params, "redundant", 8, 1, 7);
        params.maxNumOfNodes = 2;
        params.redundant = 3;
        refuse(params, "redundant", 3, 1, 2);
        params = everyParam();
        params.numOfValidatorNodes = 8;
        refuse(params, "numOfValidatorNodes", 8, 0, 7);
        params = everyParam();
        params.mode = 3;
        refuse(params, "mode", 3, 0, 2);
        params = everyParam();
        params.sla = 11;
        refuse(params, "sla", 11, 0, 10);
        params = everyParam();
        params.privacy = 3;
        refuse(params, "privacy", 3, 0, 2);
        params = everyParam();
        params.engine = 2;
        refuse(params, "engine", 2, 0, 1);
        params = everyParam();
        params.auditMode = 3;
        refuse(params, "auditMode", 3, 0, 2);
    }

    function test_OnlyTheOwnerChangesASession() public {
        vm.expectRevert(abi.encodeWithSelector(ISessions.SessionUnknown.selector, 1));
        sessions.update(1, everyParam());
        uint32 account = openSession(client);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        sessions.deactivateSession(account);

        expectEvent(address(sessions));
        emit ISessions.SessionUpdated(account, everyParam());
        vm.prank(client);
        sessions.update(account, everyParam());
        assertEq(sessions.sessionOf(account).params.sla, 10, "sla");
    }

    function test_DeactivatesForGood() public {
        uint32 account = openSession(client);
        expectEvent(address(sessions));
        emit ISessions.SessionDeactivated(account);
        vm.prank(client);
        sessions.deactivateSession(account);
        assertTrue(!sessions.sessionOf(account).active, "inactive");
        vm.expectRevert(abi.encodeWithSelector(ISessions.SessionInactive.selector, account));
        vm.prank(client);
        sessions.deactivateSession(account);
        vm.expectRevert(abi.encodeWithSelector(ISessions.SessionInactive.selector, account));
        vm.prank(client);
        sessions.update(account, everyParam());
    }

    function test_ChangesTheOwnerAfterADay() public {
        uint32 account = openSession(client);
        uint256 holdsFrom = block.timestamp + 24 hours;
        expectEvent(address(sessions));
        emit ISessions.OwnerProposed(account, stranger, holdsFrom);
        vm.prank(client);
        sessions.updateOwner(account, stranger);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotProposedOwner.selector, miner, stranger));
        vm.prank(miner);
        sessions.acceptOwner(account);
        vm.warp(holdsFrom - 1);
        vm.expectRevert(abi.encodeWithSelector(ISessions.OwnerTooEarly.selector, holdsFrom));
        vm.prank(stranger);
        sessions.acceptOwner(account);
        assertEq(sessions.ownerOf(account), client, "old owner until then");

        vm.warp(holdsFrom);
        expectEvent(address(sessions));
        emit ISessions.OwnerChanged(account, client, stranger);
        vm.prank(stranger);
        sessions.acceptOwner(account);
        assertEq(sessions.ownerOf(account), stranger, "new owner");
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotProposedOwner.selector, stranger, address(0)));
        vm.prank(stranger);
        sessions.acceptOwner(account);
    }

    function test_RevertWhen_TheOfferWasWithdrawn() public {
        uint32 account = openSession(client);
        vm.prank(client);
        sessions.updateOwner(account, stranger);
        vm.prank(client);
        sessions.updateOwner(account, address(0));
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotProposedOwner.selector, stranger, address(0)));
        vm.prank(stranger);
        sessions.acceptOwner(account);
    }

    function test_KeepsABoundedListOfRouters() public {
        uint32 account = openSession(client);
        for (uint160 router = 1; router <= 16; ++router) {
            vm.prank(client);
            sessions.addRouter(account, address(router));
        }
        vm.expectRevert(abi.encodeWithSelector(ISessions.ParamOutOfBounds.selector, bytes32("routers"), 17, 0, 16));
        vm.prank(client);
        sessions.addRouter(account, address(17));
        expectEvent(address(sessions));
        emit ISessions.RouterRemoved(account, address(3));
        vm.prank(client);
        sessions.removeRouter(account, address(3));
        vm.expectRevert(abi.encodeWithSelector(ISessions.RouterUnknown.selector, account, address(3)));
        vm.prank(client);
        sessions.removeRouter(account, address(3));
        vm.expectRevert(abi.encodeWithSelector(ISessions.RouterKnown.selector, account, address(4)));
        vm.prank(client);
        sessions.addRouter(account, address(4));
        expectEvent(address(sessions));
        emit ISessions.RouterAdded(account, address(17));
        vm.prank(client);
        sessions.addRouter(account, address(17));
        assertEq(sessions.routersOf(account).length, 16, "routers");
    }

    function dedicate(uint32 account, address node) internal {
        vm.prank(client);
        sessions.addDedicatedNode(account, node);
    }

    function test_KeepsABoundedListOfDedicatedNodes() public {
        uint32 account = openSession(client);
        expectEvent(address(sessions));
        emit ISessions.DedicatedNodeAdded(account, address(1));
        dedicate(account, address(1));
        for (uint160 node = 2; node <= 64; ++node) {
            dedicate(account, address(node));
        }
        vm.expectRevert(
            abi.encodeWithSelector(ISessions.ParamOutOfBounds.selector, bytes32("dedicatedNodes"), 65, 0, 64)
        );
        dedicate(account, address(65));
        expectEvent(address(sessions));
        emit ISessions.DedicatedNodeRemoved(account, address(3));
        vm.prank(client);
        sessions.removeDedicatedNode(account, address(3));
        dedicate(account, address(65));
        assertEq(sessions.dedicatedNodesOf(account).length, 64, "nodes");
        assertEq(sessions.dedicatedNodesOf(openSession(client)).length, 0, "of another session none");
    }

    function test_RevertWhen_ADedicatedNodeIsRefused() public {
        uint32 account = openSession(client);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NodeZero.selector));
        dedicate(account, address(0));
        dedicate(account, miner);
        vm.expectRevert(abi.encodeWithSelector(ISessions.DedicatedNodeKnown.selector, account, miner));
        dedicate(account, miner);
        vm.expectRevert(abi.encodeWithSelector(ISessions.DedicatedNodeUnknown.selector, account, stranger));
        vm.prank(client);
        sessions.removeDedicatedNode(account, stranger);
    }

    function test_RevertWhen_SomebodyElseDedicates() public {
        uint32 account = openSession(client);
        dedicate(account, miner);
        bytes memory refusal = abi.encodeWithSelector(ISessions.NotSessionOwner.selector, stranger, client);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        sessions.addDedicatedNode(account, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        sessions.removeDedicatedNode(account, miner);
        vm.expectRevert(abi.encodeWithSelector(ISessions.SessionUnknown.selector, account + 1));
        dedicate(account + 1, miner);
    }
}
