// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { Duties } from "../../src/l2/guards/Duties.sol";
import { GuardSets } from "../../src/l2/guards/GuardSets.sol";
import { Juries } from "../../src/l2/guards/Juries.sol";
import { JuryDraws } from "../../src/l2/guards/JuryDraws.sol";
import { Accusations } from "../../src/libraries/Accusations.sol";
import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Results } from "../../src/libraries/Results.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { Verdicts } from "../../src/libraries/Verdicts.sol";
import { LoopbackMessenger } from "../../src/messaging/LoopbackMessenger.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

/// A miner whose result is disputed, its router, and sixteen staked nodes of as many owners that may judge.
abstract contract JuryNetwork is NodeNetwork {
    uint256 internal constant JUDGES = 16;
    uint256 internal constant ROUTER = 100;
    uint96 internal constant FEE = 2e18;
    uint256 internal constant STAKE = 1_000e18;

    Cor internal cor;
    LoopbackMessenger internal messenger;
    GuardSets internal sets;
    StakeVault internal vault;
    StakeSlasher internal slasher;
    Duties internal duties;
    Juries internal juries;

    address internal attestations = address(0xA77E);
    address internal opener = address(0x0F1D);
    address internal miner;
    address internal router;
    address internal operator = address(0x09E2);
    uint32 internal account;
    uint64 internal number;

    function setUp() public virtual override {
        super.setUp();
        cor = new Cor(address(this));
        messenger = makeMessenger();
        sets = new GuardSets(
            GuardSets.Parts({
                registry: registry,
                stakeView: stakeView,
                stakeMinWei: 1e18,
                hostedUntil: 0,
                t0: T0,
                epochSeconds: EPOCH_SECONDS,
                owner: owner
            })
        );
        duties = new Duties(sets, levels);
        juries = new Juries(juryParts());
        deploySlasher();
        miner = activeNode(0);
        router = registerRouter();
        account = openSession(someParams());
        for (uint256 i = 1; i <= JUDGES; ++i) {
            address node = assessedNode(i, 5);
            stake(ownerOfNode(i), 1e18);
            vm.prank(ownerOfNode(i));
            weights.setWeight(node, 2);
        }
        cor.transfer(opener, 10e18);
        vm.prank(opener);
        cor.approve(address(juries), 10e18);
        wait(EPOCH_SECONDS);
    }

    function juryParts() internal view returns (JuryDraws.Parts memory) {
        return JuryDraws.Parts({
            cor: cor,
            messenger: messenger,
            registry: registry,
            sessions: sessions,
            beacons: beacons,
            weights: weights,
            pool: pool,
            guardSets: sets,
            duties: duties,
            attestations: attestations
        });
    }

    /// Towards whoever carries verdicts out.
    function makeMessenger() internal virtual returns (LoopbackMessenger) {
        return new LoopbackMessenger();
    }

    function deploySlasher() internal virtual {
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), owner);
        StakeSlasher.Parts memory parts = StakeSlasher.Parts({
            cor: cor,
            vault: vault,
            registry: registry,
            messenger: messenger,
            guardsChainId: uint64(block.chainid),
            guards: attestations,
            juries: address(juries)
        });
        slasher = new StakeSlasher(parts);
        vm.prank(owner);
        vault.proposeSlasher(address(slasher));
        cor.approve(address(vault), STAKE);
        vault.stake(ownerOfNode(0), STAKE);
        juries.nameSlasher(uint64(block.chainid), address(slasher));
    }

    function registerRouter() internal returns (address node) {
        node = nodeOf(ROUTER);
        IRegistry.NodeDetails memory details;
        details.roles = 1;
        uint64 deadline = uint64(vm.getBlockTimestamp());
        bytes32 typeHash =
            keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, operator, node, uint8(1), bytes32(0), deadline));
        bytes memory signature = signTyped(keyOf(ROUTER), structHash);
        vm.prank(operator);
        registry.register(node, details, deadline, signature);
    }

    /* EVIDENCE */

    function someTask() internal view returns (Tasks.Task memory task) {
        task.account = account;
        task.session = sessions.sidOf(account);
        task.seq = 1;
        task.modelId = keccak256("model");
        task.maxIn = 1_000;
        task.maxOut = 256;
        task.feeCapWei = 3e18;
        task.deadline = uint64(vm.getBlockTimestamp() + 600);
        task.redundancy = 1;
    }

    function someResult(bytes32 taskId, address by) internal pure returns (Results.Result memory result) {
        result.taskId = taskId;
        result.miner = by;
        result.to = 100;
        result.nOut = 100;
        result.kernelClass = CLASS;
    }

    function batchOf(uint256 key, bytes32 structHash) internal view returns (IBondClaims.Proof memory proof) {
        proof.batch.root = keccak256(abi.encode(structHash));
        proof.batch.count = 1;
        proof.batch.sequence = 1;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.batchDigest(proof.batch));
        proof.signature = abi.encodePacked(r, s, v);
    }

    /// What shows a result of the miner's, promised a fee by the router.
    function evidence() internal view returns (Accusations.Accusation memory shown) {
        shown.task = someTask();
        shown.result = someResult(Tasks.hashTask(shown.task), miner);
        shown.resultHashes = new bytes32[](1);
        shown.resultHashes[0] = Results.hashResult(shown.result);
        shown.receipt.taskId = shown.result.taskId;
        shown.receipt.account = account;
        shown.receipt.operator = operator;
        shown.receipt.feeWei = FEE;
        signAll(shown);
    }

    /// Makes the receipt fit what it stands for, and has both signed anew.
    function signAll(Accusations.Accusation memory shown) internal view {
        shown.receipt.resultsHash = keccak256(abi.encodePacked(shown.resultHashes));
        shown.receiptProof = batchOf(keyOf(ROUTER), Receipts.hashReceipt(shown.receipt));
        shown.resultProof = batchOf(keyOf(0), Results.hashResult(shown.result));
    }

    /* STEPS */

    function open() internal {
        Accusations.Accusation memory shown = evidence();
        vm.prank(opener);
        number = juries.open(abi.encode(shown));
    }

    function pingAll() internal {
        for (uint256 i = 0; i <= JUDGES; ++i) {
            vm.prank(nodeOf(i));
            pool.ping();
        }
    }

    /// To the first second of the epoch in which the draw that is awaited may be claimed for.
    function toClaims() internal {
        uint256 epoch = (dispute().at - T0) / EPOCH_SECONDS + 2;
        vm.warp(startOf(uint64(epoch)));
        pingAll();
    }

    function tryClaim(address node) internal returns (bool ok) {
        (ok,) = address(juries).call(abi.encodeCall(juries.claim, (number, node)));
    }

    function claimAll() internal {
        toClaims();
        for (uint256 i = 1; i <= JUDGES; ++i) {
            tryClaim(nodeOf(i));
        }
        wait(EPOCH_SECONDS / 2);
    }

    function seat() internal {
        claimAll();
        juries.seat(number);
    }

    function verdictBy(address validator, Verdicts.Outcome outcome) internal view returns (Verdicts.Verdict memory) {
        return Verdicts.Verdict({
            taskId: juries.chargeOf(number).taskId,
            tier: 2,
            outcome: outcome,
            stats: keccak256("statistics"),
            firstDiff: 7,
            salt: keccak256(abi.encode("salt", validator))
        });
    }

    function commit(address validator, Verdicts.Outcome outcome) internal {
        bytes32 commitment =
            Verdicts.commitmentOf(block.chainid, attestations, validator, verdictBy(validator, outcome));
        vm.prank(validator);
        juries.commit(number, commitment);
    }

    function reveal(address validator, Verdicts.Outcome outcome) internal {
        Verdicts.Verdict memory verdict = verdictBy(validator, outcome);
        vm.prank(validator);
        juries.reveal(number, outcome, verdict.stats, verdict.firstDiff, verdict.salt);
    }

    /// All three validators find so: the first `wrong` that it is wrong.
    function judge(uint256 wrong) internal {
        address[] memory validators = dispute().validators;
        for (uint256 i = 0; i < 3; ++i) {
            commit(validators[i], i < wrong ? Verdicts.Outcome.Failed : Verdicts.Outcome.Passed);
        }
        for (uint256 i = 0; i < 3; ++i) {
            reveal(validators[i], i < wrong ? Verdicts.Outcome.Failed : Verdicts.Outcome.Passed);
        }
    }

    function empanel() internal {
        claimAll();
        juries.empanel(number);
    }

    /// Every juror votes: the first `wrong` that it is wrong.
    function vote(address[] memory jurors, uint256 wrong) internal {
        for (uint256 i = 0; i < jurors.length; ++i) {
            vm.prank(jurors[i]);
            juries.vote(number, i < wrong);
        }
    }

    /// To the first jury's verdict, so many of its seven finding the result wrong.
    function judged(uint256 wrong) internal {
        open();
        seat();
        judge(2);
        empanel();
        vote(dispute().jurors, wrong);
    }

    /// To the second jury.
    function reheard() internal {
        judged(7);
        appeal();
        empanel();
    }

    function appeal() internal {
        cor.approve(address(juries), 1e18);
        juries.appeal(number);
    }

    function expire() internal {
        vm.warp(dispute().deadline);
        juries.expire(number);
    }

    function dispute() internal view returns (DisputeSteps.Dispute memory) {
        return juries.disputeOf(number);
    }

    function assertPhase(DisputeSteps.Phase phase, string memory label) internal view {
        assertEq(uint8(dispute().phase), uint8(phase), label);
    }

    function assertEnding(DisputeSteps.Ending ending, string memory label) internal view {
        assertPhase(DisputeSteps.Phase.Ended, label);
        assertEq(uint8(dispute().ending), uint8(ending), label);
    }

    function indexOf(address node) internal pure returns (uint256 index) {
        while (nodeOf(index) != node) index += 1;
    }
}
