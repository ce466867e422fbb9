// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "./IBondClaims.sol";
import { ISessionPayment } from "./ISessionPayment.sol";

/// @title ISetChallenges
/// @notice Makes an operator show any piece of a settlement's published set, or lose what it earned with it.
/// @dev Whoever can't get a chunk of a settlement's set asks for it here, and puts down what an answer costs. Who answers within
/// an hour has that; if nobody does, the lane's earnings that haven't matured are taken and the operator's bond is slashed.
///
/// Owner powers: none but `join`, which the deployer calls once: this contract and SessionPayment name each other, and one of
/// them has to come first.
///
/// Warning to operators: somebody must watch for `ChallengeOpened` and answer within the hour. The set is public, so anyone can.
/// Warning: an answer shows that a chunk can be had, not that it is right. What is in it is for auditors to check.
interface ISetChallenges {
    enum State {
        None,
        Open,
        Answered,
        Condemned
    }

    /// A settlement, and where it stands in its lane's chain of heads.
    struct Settlement {
        address lane;
        bytes32 debitsHash;
        bytes32 creditsHash;
        bytes32 settlementRoot;
        bytes32 setCid;
        /// The lane's head before it.
        bytes32 previousHead;
        /// Its block's time, in seconds.
        uint64 timestamp;
    }

    /// A later settlement of the lane.
    struct Link {
        bytes32 settlementId;
        uint64 timestamp;
    }

    struct Challenge {
        State state;
        address lane;
        address challenger;
        /// Until when (exclusive) it may be answered.
        uint64 deadline;
        uint32 index;
        bytes32 settlementId;
        bytes32 settlementRoot;
    }

    event Joined(ISessionPayment payment, IBondClaims claims);
    event HeadNoted(address indexed lane, bytes32 indexed head);
    event ChallengeOpened(
        bytes32 indexed id, address indexed lane, bytes32 indexed settlementId, uint32 index, uint256 deadline
    );
    event ChallengeAnswered(bytes32 indexed id, address indexed lane, uint32 chunkCount);
    event SetCondemned(
        bytes32 indexed id, address indexed lane, bytes32 indexed settlementId, uint256 frozenWei, uint256 slashedWei
    );

    error NotDeployer(address caller);
    error JoinedAlready();
    error JoinedElsewhere(address setChallenges);
    error HeadForeign(address lane, bytes32 head);
    error ChallengeTooLate(uint256 until);
    error ChallengeExists(bytes32 id);
    error ChallengeNotOpen(bytes32 id);
    error IndexBeyond(uint32 index, uint32 chunkCount);
    error IndexWithin(uint32 index, uint32 chunkCount);
    error TooManyOpen(uint256 maximum);
    error AnswerTooLate(uint256 deadline);
    error CondemnTooEarly(uint256 deadline);
    error RootForeign(bytes32 given, bytes32 settled);
    error ChunkTooLong(uint256 bytesGiven, uint256 bytesMax);
    error ChunkForeign(uint32 index, bytes32 root);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Ties this contract to its payment contract, for good. Only the deployer, once.
    function join(ISessionPayment payment, IBondClaims claims) external;

    /// @notice Remembers a lane's head as it is now, so that a challenge which is under way holds after the next settlement too.
    function noteHead(address lane) external returns (bytes32 head);

    /// @notice Asks for chunk `index` of a settlement's set. Within 22 hours of it, and once for each chunk.
    /// @param later The lane's settlements after it, up to the current head or a noted one.
    function open(Settlement calldata settlement, Link[] calldata later, uint32 index) external returns (bytes32 id);

    /// @notice Shows the chunk. Anyone, before the deadline.
    /// @param root With `chunkCount`, what the settlement's root stands for.
    function answer(bytes32 id, uint32 chunkCount, bytes32 root, bytes calldata chunk, bytes32[] calldata path) external;

    /// @notice Shows that the set has no such chunk. Anyone, before the deadline.
    function answerBeyond(bytes32 id, uint32 chunkCount, bytes32 root) external;

    /// @notice Takes what an unanswered challenge costs: what hasn't matured of the lane, and the penalty on the bond, once for
    /// each settlement. Anyone, from the deadline on (inclusive).
    function condemn(bytes32 id) external;

    function challengeOf(bytes32 id) external view returns (Challenge memory);

    /// @notice Challenges of a lane that wait for an answer.
    function openOf(address lane) external view returns (uint256);
}
