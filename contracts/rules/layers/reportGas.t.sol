// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { Callbacks } from "../../src/libraries/Callbacks.sol";
import { Assertions } from "../../test/support/Assertions.sol";

/// Burns gas for what it is sent, as the OP Stack's portal does, and counts what it took.
contract BurningMessenger is IMessenger {
    uint256 public burnGas;
    uint256 public sent;

    constructor(uint256 burnGas_) {
        burnGas = burnGas_;
    }

    function cost(uint256 burnGas_) external {
        burnGas = burnGas_;
    }

    function send(uint64, address, bytes calldata, uint256) external payable returns (bytes32) {
        uint256 left = gasleft();
        for (uint256 i = 0; left - gasleft() < burnGas; ++i) { }
        sent += 1;
        return bytes32(sent);
    }
}

contract ReportGasTest is Assertions {
    uint256 internal constant BURN_GAS = 724_000;

    Cor internal cor = new Cor(address(this));
    StakeVault internal vault;
    BurningMessenger internal one = new BurningMessenger(BURN_GAS);
    BurningMessenger internal other = new BurningMessenger(BURN_GAS);
    address internal operator = address(this);

    function setUp() public {
        vm.warp(1_000_000);
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), address(this));
        cor.approve(address(vault), type(uint256).max);
        vault.stake(operator, 1_000 ether);
        vault.requestUnstake(operator, 1 ether);
        vm.warp(1_000_000 + 14 days);
        vault.proposeSlasher(address(this));
        vault.addMirror(one, 900, address(0x11E3));
        vault.addMirror(other, 901, address(0x11E3));
    }

    function changeOf(uint256 which) internal view returns (bytes memory) {
        if (which == 0) return abi.encodeCall(vault.stake, (operator, 1 ether));
        if (which == 1) return abi.encodeCall(vault.delegate, (operator, 1 ether));
        if (which == 2) return abi.encodeCall(vault.requestUnstake, (operator, 1 ether));
        if (which == 3) return abi.encodeCall(vault.withdrawUnstaked, (operator, operator));
        return abi.encodeCall(vault.sync, (operator));
    }

    function send(uint256 gas, bytes memory data) internal returns (bool ok, bytes4 selector) {
        bytes memory returned;
        (ok, returned) = address(vault).call{ gas: gas }(data);
        if (!ok && returned.length >= 4) selector = bytes4(returned);
    }

    /// Whatever gas is given: a change of stake that stands has told every mirror.
    function testFuzz_AChangeIsToldOrRefused(uint256 which, uint256 gas) public {
        bytes memory change = changeOf(which % 5);
        gas = bound(gas, 21_000, 6_000_000);
        (bool ok,) = send(gas, change);
        assertEq(one.sent(), ok ? 1 : 0, "one");
        assertEq(other.sent(), ok ? 1 : 0, "other");
    }

    /// As an estimate of gas does: the least that succeeds.
    function test_TheLeastGasThatSucceedsReports() public {
        for (uint256 which = 0; which < 5; ++which) {
            uint256 state = vm.snapshotState();
            (uint256 low, uint256 high) = (21_000, 12_000_000);
            while (high - low > 1_000) {
                uint256 middle = (low + high) / 2;
                (bool ok,) = send(middle, changeOf(which));
                vm.revertToState(state);
                if (ok) high = middle;
                else low = middle;
            }
            (bool stands,) = send(high, changeOf(which));
            assertTrue(stands && one.sent() == 1 && other.sent() == 1, "told");
            vm.revertToState(state);
        }
    }

    function test_RevertWhen_TooLittleIsLeftForAMessenger() public {
        (bool ok, bytes4 selector) = send(2_000_000, changeOf(0));
        assertTrue(!ok, "refused");
        assertEq(bytes32(selector), bytes32(Callbacks.GasBelow.selector), "by name");
        assertEq(vault.reportGas(), 2 * vault.SEND_FLOOR_GAS(), "for both");
    }

    function test_AMessengerThatTakesAllKeepsNobodyOut() public {
        one.cost(type(uint256).max);
        vault.stake(operator, 1 ether);
        assertEq(one.sent(), 0, "takes all");
        assertEq(other.sent(), 1, "the next is told");
        one.cost(4_000_000);
        vault.stake(operator, 1 ether);
        assertEq(one.sent(), 0, "dearer than what a change gives");
        vault.sync(operator);
        assertEq(one.sent(), 1, "whoever syncs may give more");
    }

    /// A message has the gas that it was sent with, and no more: what it slashes is slashed, and enough is left for the answer.
    function testFuzz_ASlashIsNeverRefusedForGas(uint256 gas) public {
        gas = bound(gas, 1_200_000, 6_000_000);
        uint256 before = gasleft();
        (bool ok,) = send(gas, abi.encodeCall(vault.slash, (operator, 1 ether, address(0xDEAD))));
        assertTrue(ok, "slashed");
        assertTrue(gas < before && before - gasleft() < gas - 700_000, "the slasher's part is left");
        one.cost(50_000);
        other.cost(50_000);
        send(1_400_000, abi.encodeCall(vault.slash, (operator, 1 ether, address(0xDEAD))));
        assertTrue(one.sent() != 0 && other.sent() != 0, "a link that burns nothing hears of it");
    }
}
