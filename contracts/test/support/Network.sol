// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { Registry } from "../../src/l1/Registry.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { VerifierList } from "../../src/l1/VerifierList.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { NoRoyalty } from "../../src/l2/NoRoyalty.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { SetChallenges } from "../../src/l2/SetChallenges.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { StakeView } from "../../src/l2/StakeView.sol";
import { LoopbackMessenger } from "../../src/messaging/LoopbackMessenger.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { Assertions } from "./Assertions.sol";

/// Every contract of a network on one chain, and makers of what they take.
abstract contract Network is Assertions {
    uint256 internal constant T0 = 1_000_000;
    uint256 internal constant EPOCH_SECONDS = 600;
    uint256 internal constant CLIENT_KEY = 0xC11E;
    uint256 internal constant ROUTER_KEY = 0x4002;
    bytes32 internal constant ROOT = keccak256("settlement set");
    bytes32 internal constant CID = keccak256("its cid");

    Cor internal cor;
    LoopbackMessenger internal messenger;
    NoCompliance internal noCompliance;
    NoPause internal noPause;
    VerifierList internal verifiers;
    StakeVault internal vault;
    StakeView internal stakeView;
    Registry internal registry;
    Sessions internal sessions;
    NoRoyalty internal noRoyalty;
    SetChallenges internal challenges;
    BondClaims internal bondClaims;
    SessionPayment internal payment;
    RouterBond internal bond;

    address internal owner = address(0x0123);
    address internal client = vm.addr(CLIENT_KEY);
    address internal operator = address(0x09E2);
    address internal miner = address(0x3141);
    address internal stranger = address(0x57A4);

    function setUp() public virtual {
        vm.warp(T0 + 5 * EPOCH_SECONDS);
        cor = new Cor(address(this));
        messenger = new LoopbackMessenger();
        noCompliance = new NoCompliance();
        noPause = new NoPause();
        verifiers = new VerifierList(owner);
        vault = new StakeVault(cor, noCompliance, noPause, owner);
        stakeView = new StakeView(messenger, uint64(block.chainid), address(vault));
        vm.prank(owner);
        vault.addMirror(messenger, uint64(block.chainid), address(stakeView));
        registry = new Registry(noCompliance, noPause, verifiers);
        sessions = new Sessions();
        noRoyalty = new NoRoyalty();
        challenges = new SetChallenges();
        payment = new SessionPayment(partsWith(cor));
        bond = new RouterBond(cor, owner);
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        challenges.join(payment, bondClaims);
    }

    /* MAKERS */

    /// What a payment contract is made of, whose token is `token`.
    function partsWith(IERC20 token) internal view returns (SessionPayment.Parts memory) {
        return SessionPayment.Parts({
            cor: token,
            sessions: sessions,
            routers: registry,
            complianceHook: noCompliance,
            pauseHook: noPause,
            royaltyHook: noRoyalty,
            setChallenges: address(challenges),
            t0: T0,
            epochSeconds: EPOCH_SECONDS
        });
    }

    function someParams() internal pure returns (ISessions.SessionParams memory params) {
        params.name = "session";
        params.minNumOfNodes = 1;
        params.maxNumOfNodes = 3;
        params.redundant = 1;
    }

    function someDetails(uint8 roles) internal pure returns (IRegistry.NodeDetails memory details) {
        details.roles = roles;
        details.endpoint = "https://router.example";
    }

    function openSession(address by) internal returns (uint32 account) {
        vm.prank(by);
        (account,) = sessions.create(someParams());
    }

    function deposit(uint32 account, uint256 amountWei) internal {
        cor.approve(address(payment), amountWei);
        payment.deposit(account, amountWei);
    }

    function allot(uint32 account, address lane, uint96 amountWei) internal {
        vm.prank(sessions.ownerOf(account));
        payment.setAllotment(account, lane, amountWei);
    }

    /// A session of the client with a deposit, all of it allotted to the operator.
    function fundedSession(uint96 amountWei) internal returns (uint32 account) {
        account = openSession(client);
        deposit(account, amountWei);
        allot(account, operator, amountWei);
    }

    function registerNode(uint256 key, address by, uint8 roles) internal returns (address signer) {
        signer = vm.addr(key);
        IRegistry.NodeDetails memory details = someDetails(roles);
        uint64 deadline = uint64(block.timestamp);
        bytes memory signature = signRegistration(key, by, details, deadline);
        vm.prank(by);
        registry.register(signer, details, deadline, signature);
    }

    /* SIGNATURES */

    function signRegistration(uint256 key, address by, IRegistry.NodeDetails memory details, uint64 deadline)
        internal
        view
        returns (bytes memory)
    {
        return signTyped(key, address(registry), registrationHash(vm.addr(key), by, details, deadline));
    }

    function registrationHash(address signer, address by, IRegistry.NodeDetails memory details, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)"
        );
        return keccak256(abi.encode(typeHash, by, signer, details.roles, details.sealingKey, deadline));
    }

    function signTyped(uint256 key, address verifier, bytes32 structHash) internal view returns (bytes memory) {
        return signFor(key, verifier, block.chainid, structHash);
    }

    /// A signature for any contract on any chain.
    function signFor(uint256 key, address verifier, uint256 chainId, bytes32 structHash)
        internal
        pure
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, typedDigest(verifier, chainId, structHash));
        return abi.encodePacked(r, s, v);
    }

    /// The other signature of the same digest and signer: what anybody can make of the first.
    function flipped(bytes memory signature) internal pure returns (bytes memory other, bytes32 s) {
        bytes32 r;
        uint8 v;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
        s = bytes32(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 - uint256(s));
        other = abi.encodePacked(r, s, v == 27 ? uint8(28) : uint8(27));
    }

    function typedDigest(address verifier, uint256 chainId, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 separator = keccak256(abi.encode(domainType, keccak256("Cortensor"), keccak256("1"), chainId, verifier));
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    function someDebit(uint32 account, uint96 cumulativeWei) internal pure returns (Debits.Debit memory) {
        return Debits.Debit({
            account: account,
            cumulativeWei: cumulativeWei,
            receiptsRoot: keccak256(abi.encode("receipts", cumulativeWei)),
            count: 1,
            epoch: 0
        });
    }

    function packDebit(uint256 key, Debits.Debit memory debit) internal view returns (bytes memory) {
        bytes memory signature = signTyped(key, address(payment), Debits.hashDebit(debit, operator));
        return packSigned(debit, signature);
    }

    function packSigned(Debits.Debit memory debit, bytes memory signature) internal pure returns (bytes memory) {
        return
            abi.encodePacked(
                debit.account, debit.cumulativeWei, debit.receiptsRoot, debit.count, debit.epoch, signature
            );
    }

    function clientDebit(uint32 account, uint96 cumulativeWei) internal view returns (bytes memory) {
        return packDebit(CLIENT_KEY, someDebit(account, cumulativeWei));
    }

    function credit(address payee, uint96 cumulativeWei) internal pure returns (bytes memory) {
        return abi.encodePacked(payee, cumulativeWei);
    }

    function creditedTo(address lane, address payee) internal view returns (uint256) {
        return payment.creditOf(lane, payee).creditedWei;
    }

    /// What an operator may withdraw, now or later.
    function earnedBy(address lane) internal view returns (uint256) {
        (uint256 maturedWei, uint256 maturingWei) = payment.earningsOf(lane);
        return maturedWei + maturingWei;
    }

    function settle(bytes memory debits, bytes memory credits) internal returns (bytes32) {
        vm.prank(operator);
        return payment.settle(operator, debits, credits, ROOT, CID, "");
    }

    function currentEpoch() internal view returns (uint64) {
        return uint64((vm.getBlockTimestamp() - T0) / EPOCH_SECONDS);
    }
}
