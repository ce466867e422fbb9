// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ICorVault } from "../../src/interfaces/ICorVault.sol";
import { CorVault } from "../../src/l1/CorVault.sol";
import { BridgedCor } from "../../src/l2/BridgedCor.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { Orders } from "../../src/libraries/Orders.sol";
import { Onboarding } from "../../src/onboarding/Onboarding.sol";
import { OnboardingTill } from "../../src/onboarding/OnboardingTill.sol";
import { DenyList, PauseSwitch } from "../../test/support/HookParts.sol";
import { CorLayers } from "../layers/CorLayers.sol";
import { KeptMessenger } from "../layers/KeptMessenger.sol";
import { UnsettledPayment } from "./UnsettledPayment.sol";

/// An L1 with COR, the serving L2 below it, and a chain beside whose COR is the L2's.
abstract contract OnboardingLayers is CorLayers {
    uint64 internal constant BASE = 8453;
    uint256 internal constant OWNER_KEY = 0x0111;

    KeptMessenger internal baseUp;
    KeptMessenger internal l2Down;
    CorVault internal baseVault;
    BridgedCor internal baseCor;
    Sessions internal sessions;
    UnsettledPayment internal payment;
    Onboarding internal onboarding;
    OnboardingTill internal l1Till;
    OnboardingTill internal baseTill;
    DenyList internal denied = new DenyList();
    PauseSwitch internal switches = new PauseSwitch();

    address internal owner = vm.addr(OWNER_KEY);
    address internal router = address(0x4007);
    address internal key = address(0x5E55);
    address internal sponsor = address(0x5905);
    address internal stranger = address(0x57A4);

    function makeAll() internal {
        vm.warp(1_000_000);
        makeLayers();
        l2Down = KeptMessenger(maker.addressOf("l2Down"));
        baseUp = KeptMessenger(maker.addressOf("baseUp"));
        make("l2Down", abi.encodePacked(type(KeptMessenger).creationCode, abi.encode(link(BASE, address(baseUp)))));
        make("baseUp", abi.encodePacked(type(KeptMessenger).creationCode, abi.encode(link(L2, address(l2Down)))));
        baseVault = CorVault(maker.addressOf("baseVault"));
        baseCor = BridgedCor(maker.addressOf("baseCor"));
        CorVault.Parts memory parts =
            CorVault.Parts(IERC20(address(bridged)), l2Down, BASE, address(baseCor), denied, switches);
        make("baseVault", abi.encodePacked(type(CorVault).creationCode, abi.encode(parts)));
        make("baseCor", abi.encodePacked(type(BridgedCor).creationCode, abi.encode(baseUp, L2, baseVault)));
        makeServing();
        onL1();
        l1Till = new OnboardingTill(tillParts(address(cor), vault));
        baseTill = new OnboardingTill(tillParts(address(baseCor), ICorVault(address(0))));
    }

    function makeServing() private {
        onL2();
        sessions = new Sessions();
        payment = new UnsettledPayment(IERC20(address(bridged)), sessions, denied, switches);
        onboarding = new Onboarding(Onboarding.Parts(IERC20(address(bridged)), sessions, payment, denied));
        sessions.nameOpener(address(onboarding));
    }

    function tillParts(address cor_, ICorVault vault_) private view returns (OnboardingTill.Parts memory) {
        return OnboardingTill.Parts(cor_, vault_, L2, address(onboarding), denied, switches);
    }

    /* COINS */

    /// Coins of the owner's on the chain beside, which came there over the L2.
    function fundBase(uint256 amountWei) internal {
        fundL2(address(this), amountWei);
        bridged.approve(address(baseVault), amountWei);
        uint256 index = l2Down.nonce();
        baseVault.lock(owner, amountWei);
        chains.chainId(BASE);
        baseUp.receiveBatch(one(l2Down.sentAt(index)));
    }

    function fundL2(address to, uint256 amountWei) internal {
        onL1();
        uint256 index = down.nonce();
        vault.lock(to, amountWei);
        carryDown(index);
    }

    /// Hands the L2 what the chain beside sent.
    function carryFromBase(uint256 index) internal {
        onL2();
        l2Down.receiveBatch(one(baseUp.sentAt(index)));
    }

    /* ORDERS */

    function orderFrom(uint64 chainId, address cor_, address taker, uint256 amountWei)
        internal
        view
        returns (Orders.Order memory order)
    {
        order.source = Orders.Source(chainId, cor_);
        order.transfer = Orders.Transfer(owner, taker, amountWei, keccak256("once"), uint64(block.timestamp + 600));
        order.terms.toChainId = L2;
        order.terms.onboarding = address(onboarding);
        order.terms.sponsor = sponsor;
        order.terms.feeMaxWei = 1 ether;
        order.terms.router = router;
        order.terms.key = key;
        order.terms.capPerEpochWei = 2 ether;
        order.terms.totalCapWei = 4 ether;
        order.terms.expires = uint64(block.timestamp + 86_400);
        order.terms.session.name = "onboarded";
        order.terms.session.minNumOfNodes = 1;
        order.terms.session.maxNumOfNodes = 3;
        order.terms.session.redundant = 1;
    }

    function orderFromBase(uint256 amountWei) internal view returns (Orders.Order memory) {
        return orderFrom(BASE, address(baseCor), address(baseTill), amountWei);
    }

    function orderFromL1(uint256 amountWei) internal view returns (Orders.Order memory) {
        return orderFrom(L1, address(cor), address(l1Till), amountWei);
    }

    function orderHere(uint256 amountWei) internal view returns (Orders.Order memory) {
        return orderFrom(L2, address(bridged), address(onboarding), amountWei);
    }

    function signed(Orders.Order memory order) internal view returns (bytes memory) {
        return signedBy(OWNER_KEY, order);
    }

    function signedBy(uint256 by, Orders.Order memory order) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(by, onboarding.digestOf(order));
        return abi.encodePacked(r, s, v);
    }
}
