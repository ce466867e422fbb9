// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { ISolanaTill } from "../../src/interfaces/ISolanaTill.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { SolanaTill } from "../../src/l2/SolanaTill.sol";
import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { PostedRoots } from "../DutyPay/PayNetwork.sol";
import { SetPause } from "../messaging/SetPause.sol";

/// Takes deposits as SessionPayment does. The real one isn't compiled without the IR pipeline.
contract DepositBook {
    IERC20 public immutable cor;
    mapping(uint32 account => uint256) public depositWei;

    constructor(IERC20 cor_) {
        cor = cor_;
    }

    function deposit(uint32 account, uint256 amountWei) external {
        depositWei[account] += amountWei;
        cor.transferFrom(msg.sender, address(this), amountWei);
    }
}

contract SolanaTillTest is Assertions {
    bytes32 internal constant GENESIS = keccak256("genesis");
    bytes32 internal constant VAULT = keccak256("vault");
    bytes32 internal constant MINT = keccak256("mint");
    uint64 internal constant EPOCH = 8;
    uint128 internal constant CAP = 1_000 ether;
    uint64 internal constant NOTICE = 7 days;
    address internal constant KEEPER = address(0x4EE9);
    address internal constant STRANGER = address(0x5742);

    Cor internal cor;
    DepositBook internal payment;
    PostedRoots internal posted;
    SetPause internal pause;
    SolanaTill internal till;

    function setUp() public {
        vm.warp(10 days);
        cor = new Cor(address(this));
        payment = new DepositBook(cor);
        posted = new PostedRoots();
        pause = new SetPause();
        till = make(9);
        cor.transfer(address(till), 10_000 ether);
    }

    function make(uint8 decimals) internal returns (SolanaTill) {
        return new SolanaTill(
            SolanaTill.Terms({
                payment: ISessionPayment(address(payment)),
                attestations: IAttestations(address(posted)),
                pause: pause,
                keeper: KEEPER,
                genesisHash: GENESIS,
                vault: VAULT,
                mint: MINT,
                decimals: decimals,
                capWei: CAP,
                windowSeconds: 1 days,
                noticeSeconds: NOTICE
            })
        );
    }

    function toSession(uint256 mark, uint64 amount) internal pure returns (ISolanaTill.Deposit memory) {
        bytes32 word = keccak256(abi.encode(mark));
        return ISolanaTill.Deposit([word, ~word], 0, amount, 0, 7, 1);
    }

    function packed(ISolanaTill.Deposit memory deposit) internal view returns (bytes memory front) {
        front = abi.encodePacked(GENESIS, deposit.signature[0], deposit.signature[1], deposit.instruction, VAULT, MINT);
        front = abi.encodePacked(front, deposit.amount, uint64(block.chainid), address(payment));
        return abi.encodePacked(front, deposit.targetKind, deposit.target, deposit.nonce);
    }

    /// Posts a root of a deposit and another leaf beside it.
    function attest(ISolanaTill.Deposit memory deposit, uint64 epoch)
        internal
        returns (EpochRoots.EpochRoot memory root, bytes32[] memory path)
    {
        bytes32 leaf = keccak256(abi.encode(keccak256(abi.encodePacked(uint8(7), packed(deposit)))));
        path = new bytes32[](1);
        path[0] = keccak256("beside");
        bytes32 top = leaf < path[0] ? keccak256(abi.encode(leaf, path[0])) : keccak256(abi.encode(path[0], leaf));
        root = EpochRoots.EpochRoot({ fromEpoch: epoch, epoch: epoch, count: 2, merkleRoot: top });
        posted.set(till.subjectChainId(), 7, epoch, EpochRoots.hashRoot(till.subjectChainId(), 7, root));
    }

    function credit(ISolanaTill.Deposit memory deposit, uint64 epoch) internal returns (uint256 wei_) {
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, epoch);
        vm.prank(STRANGER);
        (, wei_) = till.credit(deposit, root, path);
    }

    function test_CreditsASessionExactlyOnce() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 50e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        bytes32 id = till.depositIdOf(deposit.signature, 0);
        expectEvent(address(till));
        emit ISolanaTill.DepositCredited(id, 0, 7, 50 ether);
        vm.prank(STRANGER);
        till.credit(deposit, root, path);
        assertEq(payment.depositWei(7), 50 ether, "credited");
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.CreditedAlready.selector, id));
        till.credit(deposit, root, path);
        (root, path) = attest(deposit, EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.CreditedAlready.selector, id));
        till.credit(deposit, root, path);
        assertEq(payment.depositWei(7), 50 ether, "once");
    }

    function test_PaysAWallet() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        (deposit.targetKind, deposit.target) = (1, uint160(address(0xBEEF)));
        assertEq(credit(deposit, EPOCH), 5 ether, "in COR");
        assertEq(cor.balanceOf(address(0xBEEF)), 5 ether, "paid");
    }

    function test_TellsTwoTransfersOfOneTransactionApart() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        credit(deposit, EPOCH);
        deposit.instruction = 2;
        credit(deposit, EPOCH + 1);
        assertEq(payment.depositWei(7), 10 ether, "both");
    }

    function test_RevertWhen_TheRootIsAnother() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        root.epoch += 1;
        bytes32 given = EpochRoots.hashRoot(till.subjectChainId(), 7, root);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.RootForeign.selector, EPOCH + 1, given, bytes32(0)));
        till.credit(deposit, root, path);
    }

    /// A deposit with any field changed is another, and nobody attested it.
    function testFuzz_RevertWhen_AFieldIsAnother(uint256 which) public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        which = bound(which, 0, 6);
        if (which == 0) deposit.signature[0] ^= bytes32(uint256(1));
        if (which == 1) deposit.signature[1] ^= bytes32(uint256(1));
        if (which == 2) deposit.instruction += 1;
        if (which == 3) deposit.amount += 1;
        if (which == 4) deposit.targetKind = 1;
        if (which == 5) deposit.target += 1;
        if (which == 6) deposit.nonce += 1;
        bytes32 id = till.depositIdOf(deposit.signature, deposit.instruction);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.DepositUnproved.selector, id));
        till.credit(deposit, root, path);
        assertTrue(!till.isDone(id), "open");
    }

    function test_RevertWhen_AWindowIsFull() public {
        assertEq(credit(toSession(1, 700e9), EPOCH), 700 ether, "fits");
        ISolanaTill.Deposit memory next = toSession(2, 301e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(next, EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.WindowFull.selector, 301 ether, 300 ether));
        till.credit(next, root, path);
        vm.warp(11 days);
        till.credit(next, root, path);
        assertEq(till.creditedInWindowWei(), 301 ether, "in the next window");
        ISolanaTill.Deposit memory large = toSession(3, 1_001e9);
        (root, path) = attest(large, EPOCH + 2);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.AboveCap.selector, 1_001 ether, CAP));
        till.credit(large, root, path);
    }

    /// Whatever is attested and shown when, no window lets more through than the cap, and no deposit counts twice.
    function testFuzz_ADishonestQuorumCreditsNoMoreThanTheCap(uint64[8] calldata amounts, uint8[8] calldata marks)
        public
    {
        uint256 before = cor.balanceOf(address(till));
        uint256 window;
        uint256 start = before;
        for (uint256 i = 0; i < 8; ++i) {
            ISolanaTill.Deposit memory deposit = toSession(marks[i] % 4, uint64(amounts[i] % 800e9));
            (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, uint64(EPOCH + i));
            if (marks[i] % 3 == 0) vm.warp(vm.getBlockTimestamp() + 1 days);
            if (vm.getBlockTimestamp() / 1 days != window) {
                (window, start) = (vm.getBlockTimestamp() / 1 days, cor.balanceOf(address(till)));
            }
            (bool ok,) = address(till).call(abi.encodeCall(till.credit, (deposit, root, path)));
            assertTrue(!ok || till.isDone(till.depositIdOf(deposit.signature, 0)), "done where it was credited");
            assertTrue(start - cor.balanceOf(address(till)) <= CAP, "within the cap");
        }
        assertEq(payment.depositWei(7), before - cor.balanceOf(address(till)), "to the wei");
    }

    function test_RevertWhen_TheReserveIsShort() public {
        vm.prank(KEEPER);
        till.announceWithdrawal(9_990 ether);
        assertEq(till.reserveWei(), 10 ether, "what a client counts on");
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.NotKeeper.selector, address(this)));
        till.withdrawReserve(STRANGER);
        vm.prank(KEEPER);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.WithdrawalTooEarly.selector, 17 days));
        till.withdrawReserve(KEEPER);
        vm.warp(17 days);
        vm.prank(KEEPER);
        assertEq(till.withdrawReserve(KEEPER), 9_990 ether, "taken");
        vm.prank(KEEPER);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.NothingAnnounced.selector));
        till.withdrawReserve(KEEPER);
        ISolanaTill.Deposit memory deposit = toSession(1, 11e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.ReserveShort.selector, 11 ether, 10 ether));
        till.credit(deposit, root, path);
        cor.transfer(address(till), 1 ether);
        till.credit(deposit, root, path);
        assertEq(payment.depositWei(7), 11 ether, "once it is filled up");
    }

    function test_RevertWhen_ItWasGivenUp() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        bytes32 id = till.depositIdOf(deposit.signature, 0);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.NotKeeper.selector, address(this)));
        till.giveUp(id);
        vm.prank(KEEPER);
        till.giveUp(id);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.CreditedAlready.selector, id));
        till.credit(deposit, root, path);
        ISolanaTill.Deposit memory other = toSession(2, 5e9);
        credit(other, EPOCH + 1);
        id = till.depositIdOf(other.signature, 0);
        vm.prank(KEEPER);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.CreditedAlready.selector, id));
        till.giveUp(id);
    }

    function test_RevertWhen_TheTargetIsNone() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        (deposit.targetKind, deposit.target) = (0, uint160(1 << 32));
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.TargetInvalid.selector, 0, uint160(1 << 32)));
        till.credit(deposit, root, path);
        deposit.targetKind = 2;
        (root, path) = attest(deposit, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.TargetInvalid.selector, 2, uint160(1 << 32)));
        till.credit(deposit, root, path);
    }

    function test_RevertWhen_Paused() public {
        ISolanaTill.Deposit memory deposit = toSession(1, 5e9);
        (EpochRoots.EpochRoot memory root, bytes32[] memory path) = attest(deposit, EPOCH);
        pause.set(true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(till)));
        till.credit(deposit, root, path);
        pause.set(false);
        till.credit(deposit, root, path);
    }

    function test_RevertWhen_ItIsMadeWithWhatNoDepositHas() public {
        vm.expectRevert(abi.encodeWithSelector(ISolanaTill.DecimalsAbove.selector, 19, 18));
        this.makeOutside(19);
        assertEq(make(18).decimals(), 18, "as many as COR");
    }

    function makeOutside(uint8 decimals) external {
        make(decimals);
    }
}
