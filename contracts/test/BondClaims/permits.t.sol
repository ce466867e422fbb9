// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

/// Takes any permit at its word, one without a deadline too, as tokens older than ERC-2612 do.
contract TrustingToken is ERC20Burnable {
    constructor() ERC20("Trusting", "TRUST") {
        _mint(msg.sender, 1_000e18);
    }

    function permit(address holder, address spender, uint256 amountWei, uint256, uint8, bytes32, bytes32) external {
        _approve(holder, spender, amountWei);
    }
}

contract PermitsTest is ClaimsNetwork {
    uint256 internal constant DEPOSIT = 1e18;
    TrustingToken internal token;

    function setUp() public override {
        super.setUp();
        token = new TrustingToken();
        payment = new SessionPayment(partsWith(token));
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        token.transfer(worker, 10 * DEPOSIT);
        vm.prank(worker);
        token.approve(address(bondClaims), 5 * DEPOSIT);
    }

    function openWith(IBondClaims.Permit memory permit) internal {
        bytes memory payees = packPayee(worker, 0, 100);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        vm.prank(worker);
        bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), permit);
    }

    function test_AsksForNoPermitWhereNoneIsGiven() public {
        openWith(noPermit());
        assertEq(token.allowance(worker, address(bondClaims)), 4 * DEPOSIT, "less the deposit");
    }

    function test_AsksForThePermitThatIsGiven() public {
        openWith(IBondClaims.Permit(vm.getBlockTimestamp(), 27, 0, 0));
        assertEq(token.allowance(worker, address(bondClaims)), 0, "the permit's, less the deposit");
    }
}
