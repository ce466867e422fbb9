// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Network } from "../support/Network.sol";

contract SessionOwnersTest is Network {
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        account = openSession(client);
        vm.prank(client);
        sessions.addRouter(account, operator);
    }

    /// Every call that is the owner's alone, of one session.
    function callsOf(uint32 of_) internal view returns (bytes[] memory calls) {
        calls = new bytes[](7);
        calls[0] = abi.encodeCall(sessions.update, (of_, someParams()));
        calls[1] = abi.encodeCall(sessions.deactivateSession, (of_));
        calls[2] = abi.encodeCall(sessions.updateOwner, (of_, stranger));
        calls[3] = abi.encodeCall(sessions.addRouter, (of_, stranger));
        calls[4] = abi.encodeCall(sessions.removeRouter, (of_, operator));
        calls[5] = abi.encodeCall(sessions.addDedicatedNode, (of_, stranger));
        calls[6] = abi.encodeCall(sessions.removeDedicatedNode, (of_, stranger));
    }

    function expectRefused(address by, bytes[] memory calls, bytes memory refusal) internal {
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(by);
            (bool done, bytes memory reason) = address(sessions).call(calls[i]);
            assertTrue(!done, string.concat("refused: ", vm.toString(i)));
            assertEq(keccak256(reason), keccak256(refusal), string.concat("as not the owner's: ", vm.toString(i)));
        }
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        bytes memory refusal = abi.encodeWithSelector(ISessions.NotSessionOwner.selector, stranger, client);
        expectRefused(stranger, callsOf(account), refusal);
        (address to,) = sessions.offerOf(account);
        assertEq(to, address(0), "offered to nobody");
        assertEq(sessions.routersOf(account).length, 1, "routers");
        assertEq(sessions.routersOf(account)[0], operator, "the owner's router");
    }

    function test_RevertWhen_TheSessionIsUnknown() public {
        uint32 unknown = account + 1;
        expectRefused(client, callsOf(unknown), abi.encodeWithSelector(ISessions.SessionUnknown.selector, unknown));
    }

    function test_RevertWhen_AnUpdateIsOutOfBounds() public {
        ISessions.SessionParams memory params = someParams();
        params.sla = 11;
        vm.expectRevert(abi.encodeWithSelector(ISessions.ParamOutOfBounds.selector, bytes32("sla"), 11, 0, 10));
        vm.prank(client);
        sessions.update(account, params);
    }
}
