// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IOnboarding } from "../../src/interfaces/IOnboarding.sol";
import { Orders } from "../../src/libraries/Orders.sol";
import { OnboardingLayers } from "./OnboardingLayers.sol";

/// Signs orders on three chains, has them taken, carried, opened and released in any order and as often as it comes.
contract OnboardingHandler is OnboardingLayers {
    Orders.Order[] internal _orders;
    uint256 public opened;
    uint256 public paidOut;
    uint256 public released;
    uint256 public refused;
    uint256 internal _fundedBaseWei;

    constructor() {
        makeAll();
        cor.transfer(owner, 1_000 ether);
        fundL2(owner, 1_000 ether);
        fundBase(1_000 ether);
    }

    function order_(uint256 place, uint256 amountWei, bool isSound) external {
        if (_orders.length == 12) return;
        amountWei = bound(amountWei, 2 ether, 20 ether);
        place = bound(place, 0, 2);
        Orders.Order memory order =
            place == 0 ? orderFromL1(amountWei) : place == 1 ? orderFromBase(amountWei) : orderHere(amountWei);
        order.transfer.nonce = keccak256(abi.encode(_orders.length));
        // Of one in two no session can be opened.
        if (!isSound) order.terms.session.redundant = 9;
        _orders.push(order);
    }

    function take_(uint256 index, uint256 feeWei) external {
        if (_orders.length == 0) return;
        Orders.Order memory order = _orders[bound(index, 0, _orders.length - 1)];
        bytes memory signature = signed(order);
        chains.chainId(order.source.chainId);
        feeWei = bound(feeWei, 0, 1.5 ether);
        address to = order.transfer.taker;
        bool isHere = to == address(onboarding);
        bytes memory call = isHere
            ? abi.encodeCall(onboarding.onboard, (order, signature, feeWei))
            : abi.encodeCall(l1Till.take, (order, signature, feeWei));
        vm.prank(sponsor);
        (bool done,) = to.call(call);
        if (done && isHere) opened += 1;
    }

    function carry_(bool isFromBase, uint256 index) external {
        uint256 count = isFromBase ? baseUp.nonce() : down.nonce();
        if (count == 0) return;
        if (isFromBase) carryFromBase(bound(index, 0, count - 1));
        else carryDown(bound(index, 0, count - 1));
    }

    function open_(uint256 index) external {
        if (_orders.length == 0) return;
        Orders.Order memory order = _orders[bound(index, 0, _orders.length - 1)];
        bytes memory signature = signed(order);
        onL2();
        try onboarding.open(order, signature) returns (uint32 account) {
            if (account == 0) paidOut += 1;
            else opened += 1;
        } catch (bytes memory reason) {
            noteRefusal(reason);
        }
    }

    function release_(uint256 index, bool isOwner) external {
        if (_orders.length == 0) return;
        Orders.Order memory order = _orders[bound(index, 0, _orders.length - 1)];
        onL2();
        vm.prank(isOwner ? owner : stranger);
        try onboarding.release(order) returns (uint256) {
            released += 1;
        } catch (bytes memory reason) {
            noteRefusal(reason);
        }
    }

    /// An order is refused for what it is, never by a fault: one that is done, one without its coins, and what isn't the owner's to take.
    function noteRefusal(bytes memory reason) internal {
        bytes4 why = bytes4(reason);
        require(
            why == IOnboarding.OrderDone.selector || why == IOnboarding.PurseShort.selector
                || why == IOnboarding.NotOwner.selector,
            "refused by a fault"
        );
        refused += 1;
    }

    function orderCount() external view returns (uint256) {
        return _orders.length;
    }

    /// In sessions, less what they say they hold: nothing.
    function unbackedWei() external view returns (uint256) {
        uint256 heldWei;
        for (uint32 account = 1; account <= sessions.sessionCount(); ++account) {
            heldWei += payment.accountOf(account).depositWei;
        }
        return heldWei - bridged.balanceOf(address(payment));
    }

    function isOwnersAll() external view returns (bool) {
        for (uint32 account = 1; account <= sessions.sessionCount(); ++account) {
            if (sessions.ownerOf(account) != owner) return false;
        }
        return true;
    }

    /// Nothing stays with what only passes coins on.
    function strayWei() external view returns (uint256) {
        return
            cor.balanceOf(address(l1Till)) + baseCor.balanceOf(address(baseTill))
                + bridged.balanceOf(address(onboarding));
    }

    /// Free on the L1, and below it what is free, in sessions, in purses, beside, and on its way: each counted where it is.
    function sumWei() external view returns (uint256) {
        uint256 wayDownWei = vault.lockedWei() - bridged.arrivedWei();
        uint256 wayBackWei = baseCor.returnedWei() - (baseCor.arrivedWei() - baseVault.lockedWei());
        uint256 freeL2Wei = bridged.totalSupply() - baseVault.lockedWei();
        return cor.totalSupply() - vault.lockedWei() + wayDownWei + freeL2Wei + wayBackWei + baseCor.totalSupply();
    }

    function supplyWei() external view returns (uint256) {
        return cor.totalSupply();
    }
}
