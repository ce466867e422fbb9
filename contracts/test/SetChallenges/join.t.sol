// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { SetChallenges } from "../../src/l2/SetChallenges.sol";
import { Network } from "../support/Network.sol";

contract JoinTest is Network {
    SetChallenges internal other;

    function setUp() public override {
        super.setUp();
        other = new SetChallenges();
    }

    function test_RevertWhen_ThePaymentNamesAnotherThoughTheClaimsNameThisOne() public {
        BondClaims own = new BondClaims(registry, payment, bond, address(other));
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.JoinedElsewhere.selector, address(challenges)));
        other.join(payment, own);
    }

    function test_TellsWhatItJoined() public {
        SessionPayment.Parts memory parts = partsWith(cor);
        parts.setChallenges = address(other);
        SessionPayment ownPayment = new SessionPayment(parts);
        BondClaims ownClaims = new BondClaims(registry, ownPayment, bond, address(other));
        expectEvent(address(other));
        emit ISetChallenges.Joined(ownPayment, ownClaims);
        other.join(ownPayment, ownClaims);
        assertEq(address(other.payment()), address(ownPayment), "payment");
        assertEq(address(other.claims()), address(ownClaims), "claims");
        assertEq(address(other.cor()), address(cor), "cor");
    }
}
