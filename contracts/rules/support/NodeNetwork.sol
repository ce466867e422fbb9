// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { Registry } from "../../src/l1/Registry.sol";
import { VerifierList } from "../../src/l1/VerifierList.sol";
import { NodeLevels } from "../../src/l2/NodeLevels.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { StakeView } from "../../src/l2/StakeView.sol";
import { NetworkTasks } from "../../src/l2/nodes/NetworkTasks.sol";
import { NodePool } from "../../src/l2/nodes/NodePool.sol";
import { NodeWeights } from "../../src/l2/nodes/NodeWeights.sol";
import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { Verifications } from "../../src/libraries/Verifications.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { SetFreezes } from "./SetFreezes.sol";
import { SetBeacons } from "./SetBeacons.sol";

/// Hashes from calldata, as the library takes it.
contract VerificationHasher {
    function hashVerification(address signer, Verifications.Verification calldata stated)
        external
        pure
        returns (bytes32)
    {
        return Verifications.hashVerification(signer, stated);
    }
}

/// The contracts that nodes live by, and makers of nodes.
abstract contract NodeNetwork is Assertions {
    uint64 internal constant T0 = 1_000_000;
    uint64 internal constant EPOCH_SECONDS = 600;
    uint256 internal constant WEI_PER_TICKET = 1e18;
    uint256 internal constant VERIFIER_KEY = 0x7E41F;
    uint256 internal constant NODE_KEY = 0x40DE_0000;
    bytes32 internal constant CLASS = keccak256("kernel class");

    VerifierList internal verifiers;
    Registry internal registry;
    Sessions internal sessions;
    StakeView internal stakeView;
    SetBeacons internal beacons;
    NodeWeights internal weights;
    NodeLevels internal levels;
    NodePool internal pool;
    NetworkTasks internal tasks;
    SetFreezes internal guardFreezes;
    SetFreezes internal juryFreezes;
    VerificationHasher internal hasher;
    uint64 internal heard;

    address internal owner = address(0x0123);
    address internal client = address(0xC11E);
    address internal assessor = address(0xA55E);
    address internal stranger = address(0x57A4);

    function setUp() public virtual {
        vm.warp(T0 + 5 * EPOCH_SECONDS);
        verifiers = new VerifierList(owner);
        registry = new Registry(new NoCompliance(), new NoPause(), verifiers);
        sessions = new Sessions();
        stakeView = new StakeView(IMessenger(address(this)), uint64(block.chainid), address(this));
        beacons = new SetBeacons(T0, EPOCH_SECONDS);
        weights = new NodeWeights(registry, stakeView, beacons, WEI_PER_TICKET);
        levels = new NodeLevels(owner);
        pool = new NodePool(NodePool.Parts(registry, sessions, beacons, weights, address(levels)));
        tasks = new NetworkTasks(NetworkTasks.Parts(registry, beacons, weights, pool, levels));
        guardFreezes = new SetFreezes();
        juryFreezes = new SetFreezes();
        hasher = new VerificationHasher();
        vm.prank(owner);
        verifiers.add(vm.addr(VERIFIER_KEY));
        vm.prank(owner);
        levels.addAssessor(assessor);
        vm.prank(owner);
        levels.setProved(CLASS, true);
        vm.prank(owner);
        levels.join(pool, address(tasks), guardFreezes, juryFreezes);
    }

    /* MAKERS */

    function keyOf(uint256 index) internal pure returns (uint256) {
        return NODE_KEY + index;
    }

    function nodeOf(uint256 index) internal pure returns (address) {
        return vm.addr(keyOf(index));
    }

    function ownerOfNode(uint256 index) internal pure returns (address) {
        return address(uint160(0x0E4E_0000 + index));
    }

    function someDetails(bytes32 kernelClass) internal pure returns (IRegistry.NodeDetails memory details) {
        details.roles = 2;
        details.sealingKey = keccak256("sealing key");
        details.kernelClass = kernelClass;
    }

    /// A node of an owner that the registry knows.
    function registerNode(uint256 index, address by) internal returns (address node) {
        node = nodeOf(index);
        IRegistry.NodeDetails memory details = someDetails(CLASS);
        uint64 deadline = uint64(vm.getBlockTimestamp());
        bytes32 typeHash =
            keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, by, node, details.roles, details.sealingKey, deadline));
        bytes memory signature = signTyped(keyOf(index), structHash);
        vm.prank(by);
        registry.register(node, details, deadline, signature);
    }

    function verifyNode(uint256 index, uint64 expires) internal {
        address node = nodeOf(index);
        Verifications.Verification memory stated = Verifications.Verification({
            verifier: vm.addr(VERIFIER_KEY),
            sealingKey: registry.nodeOf(node).details.sealingKey,
            kernelClass: registry.nodeOf(node).details.kernelClass,
            challenge: keccak256("asked"),
            answer: keccak256("answered"),
            nonce: registry.verificationOf(node).nonce,
            deadline: uint64(vm.getBlockTimestamp()),
            expires: expires
        });
        bytes32 structHash = hasher.hashVerification(node, stated);
        bytes memory nodeSignature = signTyped(keyOf(index), structHash);
        bytes memory verifierSignature = signTyped(VERIFIER_KEY, structHash);
        registry.verify(node, stated, nodeSignature, verifierSignature);
    }

    /// A node that pings since now, verified for a month.
    function activeNode(uint256 index) internal returns (address node) {
        return activeNodeOf(index, ownerOfNode(index));
    }

    function activeNodeOf(uint256 index, address by) internal returns (address node) {
        node = registerNode(index, by);
        verifyNode(index, uint64(vm.getBlockTimestamp() + 30 days));
        vm.prank(node);
        pool.ping();
    }

    function assess(address node, uint8 level) internal {
        vm.prank(assessor);
        levels.assess(node, level);
    }

    function assessedNode(uint256 index, uint8 level) internal returns (address node) {
        node = activeNode(index);
        assess(node, level);
    }

    function nodeInPool(uint256 index, uint8 level) internal returns (address node) {
        node = assessedNode(index, level);
        vm.prank(node);
        pool.enterPool();
    }

    function someParams() internal pure returns (ISessions.SessionParams memory params) {
        params.name = "session";
        params.minNumOfNodes = 1;
        params.maxNumOfNodes = 2;
        params.redundant = 1;
        params.reserveEphemeralNodes = true;
        params.reservePeriod = 3_000;
    }

    function openSession(ISessions.SessionParams memory params) internal returns (uint32 account) {
        vm.prank(client);
        (account,) = sessions.create(params);
    }

    function stake(address by, uint96 amountWei) internal {
        heard += 1;
        stakeView.onMessage(uint64(block.chainid), address(this), 0, abi.encode(by, amountWei, heard));
    }

    /* TIME */

    function epochNow() internal view returns (uint64) {
        return uint64((vm.getBlockTimestamp() - T0) / EPOCH_SECONDS);
    }

    function startOf(uint64 epoch) internal pure returns (uint256) {
        return T0 + uint256(epoch) * EPOCH_SECONDS;
    }

    function wait(uint256 seconds_) internal {
        vm.warp(vm.getBlockTimestamp() + seconds_);
    }

    /* READING */

    function stateOf(address node) internal view returns (NodeLives.State) {
        return pool.lifeNow(node).state;
    }

    function assertState(address node, NodeLives.State state, string memory label) internal view {
        assertEq(uint8(stateOf(node)), uint8(state), label);
    }

    function signTyped(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 separator = keccak256(
            abi.encode(domainType, keccak256("Cortensor"), keccak256("1"), block.chainid, address(registry))
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", separator, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
