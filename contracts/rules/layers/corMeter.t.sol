// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { CorMeter } from "../../src/messaging/CorMeter.sol";
import { Assertions } from "../../test/support/Assertions.sol";

contract CorMeterTest is Assertions {
    uint64 internal constant L1 = 1;
    uint64 internal constant L2 = 900;
    address internal constant FROM = address(0xF);
    address internal constant VAULT = address(0x7A);
    address internal constant TOKEN = address(0xC0);
    address internal constant SLASHER = address(0x51);
    CorMeter internal meter = new CorMeter(CorMeter.Parts(L1, VAULT, TOKEN, SLASHER));

    function test_SaysWhatCrosses() public view {
        bytes memory body = abi.encode(FROM, 7 ether);
        assertEq(meter.corOf(L1, FROM, TOKEN, body), 7 ether, "down");
        assertEq(meter.corOf(L2, FROM, VAULT, body), 7 ether, "up");
        assertEq(meter.corOf(L2, FROM, TOKEN, body), 0, "the same address on the parent");
        assertEq(meter.corOf(L1, FROM, VAULT, body), 0, "the same address on the child");
        assertEq(meter.corOf(L1, FROM, FROM, body), 0, "anything else");
    }

    function test_SaysWhatAVerdictTakes() public view {
        bytes memory body = abi.encode(StakeSlasher.Verdict(1, FROM, FROM, FROM, 2 ether));
        assertEq(meter.corOf(L2, FROM, SLASHER, body), 42 ether, "21 fees");
        assertEq(meter.corOf(L1, FROM, SLASHER, body), 0, "the same address on the child");
    }

    function test_RevertWhen_ItsReceiverCouldNotReadTheBody() public view {
        (bool ok,) = address(meter).staticcall(abi.encodeCall(meter.corOf, (L1, FROM, TOKEN, hex"01")));
        assertTrue(!ok, "too short");
        (ok,) = address(meter).staticcall(abi.encodeCall(meter.corOf, (L2, FROM, SLASHER, abi.encode(1, 2))));
        assertTrue(!ok, "no verdict");
    }

    function test_ALayerWithoutASlasherCountsNoVerdict() public {
        CorMeter other = new CorMeter(CorMeter.Parts(L1, VAULT, TOKEN, address(0)));
        assertEq(other.corOf(L2, FROM, address(0), hex"01"), 0, "nobody's");
    }
}
