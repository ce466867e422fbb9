// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICorMeter } from "../../src/interfaces/ICorMeter.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { QuorumMessenger } from "../../src/messaging/QuorumMessenger.sol";
import { MessengerConformance } from "./MessengerConformance.sol";

/// One set of guards, for every epoch.
contract GivenSet {
    uint64 public constant t0 = 1_000_000;
    uint64 public constant epochSeconds = 600;
    address internal _members;
    uint32 internal _frozen;

    function give(bytes calldata members, uint32 frozen) external {
        (_members, _frozen) = (StoredBytes.write(members), frozen);
    }

    function storedSetAt(uint64) external view returns (address members, uint32 frozen) {
        return (_members, _frozen);
    }
}

/// Reads of a body of two words, the first of which is "COR", what the second says; of another, nothing. One it can't read.
contract SaidMeter is ICorMeter {
    error Unreadable();

    function corOf(uint64, address, address, bytes calldata body) external pure returns (uint256) {
        if (keccak256(body) == keccak256("unreadable")) revert Unreadable();
        if (body.length != 64) return 0;
        (bytes32 tag, uint256 corWei) = abi.decode(body, (bytes32, uint256));
        return tag == "COR" ? corWei : 0;
    }
}

/// Two ends that a quorum of five guards joins.
abstract contract QuorumLink is MessengerConformance {
    uint256 internal constant GUARDS = 5;
    uint64 internal constant CHALLENGE_SECONDS = 1800;
    uint64 internal constant WINDOW_SECONDS = 86_400;
    uint128 internal constant CAP = 1_000 ether;
    address internal constant CHALLENGER = address(0xC4A1);

    GivenSet internal sets = new GivenSet();
    SaidMeter internal meter = new SaidMeter();
    QuorumMessenger internal farQuorum;
    uint256[] internal keys;
    uint64 internal epoch = 1000;
    mapping(bytes32 root => uint64 epoch) internal posted;

    function setUp() public virtual {
        for (uint256 i = 1; i <= GUARDS; ++i) {
            keys.push(i);
        }
        sortKeys();
        bytes memory members = "";
        for (uint256 i = 0; i < GUARDS; ++i) {
            members = bytes.concat(members, abi.encodePacked(vm.addr(keys[i]), uint96(1 ether)));
        }
        sets.give(members, 0);
        address farEnd = expectedEnd(1);
        near = make(LinkMessenger.Link(FAR, farEnd, pause));
        far = farQuorum = make(LinkMessenger.Link(NEAR, address(near), pause));
    }

    function make(LinkMessenger.Link memory link) internal returns (QuorumMessenger) {
        QuorumMessenger.Terms memory terms = QuorumMessenger.Terms({
            guardSets: IGuardSets(address(sets)),
            meter: meter,
            challenger: CHALLENGER,
            challengeSeconds: CHALLENGE_SECONDS,
            windowSeconds: WINDOW_SECONDS,
            capWei: CAP
        });
        return new QuorumMessenger(link, terms);
    }

    /// A chain of siblings from the left: leaves are few.
    function treeOf(bytes32[] memory leaves) internal pure returns (bytes32 root, bytes32[][] memory paths) {
        paths = new bytes32[][](leaves.length);
        root = leaves[0];
        for (uint256 i = 0; i < leaves.length; ++i) {
            paths[i] = new bytes32[](leaves.length - (i == 0 ? 1 : i));
        }
        for (uint256 i = 1; i < leaves.length; ++i) {
            paths[i][0] = root;
            for (uint256 below = 0; below < i; ++below) {
                paths[below][below == 0 ? i - 1 : i - below] = leaves[i];
            }
            root = hashPair(root, leaves[i]);
        }
    }

    function hashPair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function outboxOf(Messages.Message[] memory messages) internal returns (bytes32 root, bytes32[][] memory paths) {
        onFar();
        bytes32[] memory leaves = new bytes32[](messages.length);
        for (uint256 i = 0; i < messages.length; ++i) {
            leaves[i] = Messages.leafOf(far.incomingIdOf(messages[i]));
        }
        return treeOf(leaves);
    }

    /// Signs a root of the next epoch by the guards of a bitmap, and posts it in its time.
    function post(bytes32 root, uint32 bitmap) internal returns (uint64 ofEpoch) {
        onFar();
        ofEpoch = epoch++;
        bytes memory packed = quorumOf(farQuorum.digestOf(ofEpoch, root), bitmap);
        vm.warp(sets.t0() + (uint256(ofEpoch) + 1) * sets.epochSeconds());
        farQuorum.postOutbox(ofEpoch, root, packed);
    }

    function quorumOf(bytes32 digest, uint32 bitmap) internal view returns (bytes memory packed) {
        packed = abi.encodePacked(bitmap);
        for (uint256 i = 0; i < GUARDS; ++i) {
            if (bitmap >> i & 1 == 1) packed = bytes.concat(packed, signed(keys[i], digest));
        }
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, bytes32(uint256(v - 27) << 255 | uint256(s)));
    }

    function afterChallenge() internal {
        vm.warp(vm.getBlockTimestamp() + CHALLENGE_SECONDS);
    }

    function sortKeys() private {
        for (uint256 i = 1; i < keys.length; ++i) {
            for (uint256 j = i; j > 0 && vm.addr(keys[j]) < vm.addr(keys[j - 1]); --j) {
                (keys[j], keys[j - 1]) = (keys[j - 1], keys[j]);
            }
        }
    }
}
