// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { CorLayers } from "./CorLayers.sol";

/// Locks, withdraws, burns, and carries whatever was sent, in any order and as often as it comes.
contract CorHandler is CorLayers {
    uint256 public burnedWei;
    uint256 public carried;
    uint256 internal _lockedWei;
    uint256 internal _withdrawnWei;
    uint256 internal _supplyWei = cor.totalSupply();

    constructor() {
        makeLayers();
    }

    function lock_(uint256 amountWei) external {
        onL1();
        amountWei = bound(amountWei, 1, 1e24);
        _lockedWei += amountWei;
        vault.lock(alice, amountWei);
    }

    function withdraw_(uint256 amountWei) external {
        if (bridged.balanceOf(alice) == 0) return;
        amountWei = bound(amountWei, 1, bridged.balanceOf(alice));
        _withdrawnWei += amountWei;
        onL2();
        vm.prank(alice);
        bridged.withdraw(alice, amountWei);
    }

    function burn_(uint256 amountWei) external {
        if (bridged.balanceOf(alice) == 0) return;
        amountWei = bound(amountWei, 1, bridged.balanceOf(alice));
        burnedWei += amountWei;
        vm.prank(alice);
        bridged.burn(amountWei);
    }

    function carryDown_(uint256 index) external {
        if (down.nonce() == 0) return;
        carried += 1;
        carryDown(bound(index, 0, down.nonce() - 1));
    }

    function carryUp_(uint256 index) external {
        if (up.nonce() == 0) return;
        carried += 1;
        carryUp(bound(index, 0, up.nonce() - 1));
    }

    /// What was sent and didn't arrive, both ways.
    function underwayWei() public view returns (uint256 downWei, uint256 upWei) {
        return (_lockedWei - bridged.arrivedWei(), _withdrawnWei - cor.balanceOf(alice));
    }

    /// Free on the L1, on the L2, on its way, and burned.
    function sumWei() external view returns (uint256) {
        (uint256 downWei, uint256 upWei) = underwayWei();
        return cor.totalSupply() - vault.lockedWei() + bridged.totalSupply() + downWei + upWei + burnedWei;
    }

    function supplyWei() external view returns (uint256) {
        return _supplyWei;
    }

    function lockedWei() external view returns (uint256 countedWei, uint256 heldWei, uint256 mintedWei) {
        return (vault.lockedWei(), cor.balanceOf(address(vault)), bridged.totalSupply());
    }
}
