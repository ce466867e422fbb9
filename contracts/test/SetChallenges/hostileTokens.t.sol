// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { SetChallenges } from "../../src/l2/SetChallenges.sol";
import { Chunks } from "../../src/libraries/Chunks.sol";
import { Network } from "../support/Network.sol";

/// Honest until it is told to keep one wei of each transfer, or to call somebody in it.
contract TurningToken is ERC20 {
    bool internal _keeps;
    address internal _target;
    bytes internal _data;

    constructor() ERC20("Turning", "TURN") {
        _mint(msg.sender, 10e18);
    }

    function keep() external {
        _keeps = true;
    }

    function callInTransfers(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_keeps) super._update(to, address(0), 1);
        if (_target != address(0)) Address.functionCall(_target, _data);
    }
}

contract HostileTokensTest is Network {
    uint256 internal constant DEPOSIT = 1e18;

    TurningToken internal token;
    ISetChallenges.Settlement internal settlement;
    ISetChallenges.Link[] internal none;

    /// A settlement that can be asked about, all of it on a token that turns afterwards.
    function setUp() public override {
        super.setUp();
        token = new TurningToken();
        challenges = new SetChallenges();
        payment = new SessionPayment(partsWith(token));
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        challenges.join(payment, bondClaims);
        uint32 account = openSession(client);
        token.approve(address(payment), 100);
        payment.deposit(account, 100);
        allot(account, operator, 100);
        bytes memory debits = clientDebit(account, 10);
        bytes32 settlementRoot = Chunks.settlementRoot(1, keccak256("chunk"));
        settlement = ISetChallenges.Settlement({
            lane: operator,
            debitsHash: keccak256(debits),
            creditsHash: keccak256(""),
            settlementRoot: settlementRoot,
            setCid: CID,
            previousHead: payment.headOf(operator),
            timestamp: uint64(vm.getBlockTimestamp())
        });
        vm.prank(operator);
        payment.settle(operator, debits, "", settlementRoot, CID, "");
        token.transfer(stranger, DEPOSIT);
        vm.prank(stranger);
        token.approve(address(challenges), DEPOSIT);
    }

    function test_RevertWhen_TheTokenKeepsAFee() public {
        token.keep();
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ReceivedOther.selector, DEPOSIT - 1, DEPOSIT));
        vm.prank(stranger);
        challenges.open(settlement, none, 0);
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        token.callInTransfers(address(challenges), abi.encodeCall(ISetChallenges.open, (settlement, none, 1)));
        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        vm.prank(stranger);
        challenges.open(settlement, none, 0);
    }

    function test_TakesTheDepositOfAnHonestToken() public {
        vm.prank(stranger);
        challenges.open(settlement, none, 0);
        assertEq(token.balanceOf(address(challenges)), DEPOSIT, "put down");
    }
}
