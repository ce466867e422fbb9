// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IBondClaims } from "../interfaces/IBondClaims.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { ISetChallenges } from "../interfaces/ISetChallenges.sol";
import { Chunks } from "../libraries/Chunks.sol";
import { Offences } from "../libraries/Offences.sol";
import { Settlements } from "../libraries/Settlements.sol";

/// @title SetChallenges
contract SetChallenges is ISetChallenges, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice How long after a settlement its set may be challenged. Earnings wait at least 24 hours: an hour for the answer
    /// and one for condemning are left.
    uint256 public constant CHALLENGE_SECONDS = 22 hours;
    uint256 public constant ANSWER_SECONDS = 1 hours;
    /// @notice What a challenge puts down: more than the gas of answering it, whose it is then.
    uint256 public constant BOND_WEI = 1e18;
    /// @notice Challenges of one lane that may be open at once: as many answers of 4 KiB as an operator can surely place within
    /// the hour, on a chain of 12 s blocks that others use too. No chunk is asked for twice, so an operator can't fill these
    /// places with its own without showing its set.
    uint256 public constant OPEN_MAX = 32;

    address internal immutable _deployer;

    ISessionPayment public payment;
    IBondClaims public claims;
    ERC20Burnable public cor;

    mapping(bytes32 id => Challenge) internal _challenges;
    mapping(address lane => mapping(bytes32 head => bool)) public isNoted;
    /// @notice Chunks of a set, plus one, once an answer has shown how many there are.
    mapping(bytes32 settlementRoot => uint256) internal _chunkCounts;
    mapping(bytes32 settlementId => bool) public isCondemned;
    /// @inheritdoc ISetChallenges
    mapping(address lane => uint256) public openOf;

    constructor() {
        _deployer = msg.sender;
    }

    /// @inheritdoc ISetChallenges
    function join(ISessionPayment payment_, IBondClaims claims_) external {
        require(msg.sender == _deployer, NotDeployer(msg.sender));
        require(address(payment) == address(0), JoinedAlready());
        require(payment_.setChallenges() == address(this), JoinedElsewhere(payment_.setChallenges()));
        require(claims_.setChallenges() == address(this), JoinedElsewhere(claims_.setChallenges()));
        payment = payment_;
        claims = claims_;
        cor = ERC20Burnable(address(payment_.cor()));
        emit Joined(payment_, claims_);
    }

    /// @inheritdoc ISetChallenges
    function noteHead(address lane) external returns (bytes32 head) {
        head = payment.headOf(lane);
        isNoted[lane][head] = true;
        emit HeadNoted(lane, head);
    }

    /// @inheritdoc ISetChallenges
    function open(Settlement calldata settlement, Link[] calldata later, uint32 index)
        external
        nonReentrant
        returns (bytes32 id)
    {
        bytes32 settlementId = _checkChained(settlement, later);
        uint256 until = settlement.timestamp + CHALLENGE_SECONDS;
        require(block.timestamp < until, ChallengeTooLate(until));
        uint256 counted = _chunkCounts[settlement.settlementRoot];
        if (counted != 0) require(index < counted - 1, IndexBeyond(index, uint32(counted - 1)));
        id = keccak256(abi.encode(settlementId, index));
        require(_challenges[id].state == State.None, ChallengeExists(id));
        address lane = settlement.lane;
        require(openOf[lane] < OPEN_MAX, TooManyOpen(OPEN_MAX));

        openOf[lane] += 1;
        uint64 deadline = uint64(block.timestamp + ANSWER_SECONDS);
        _challenges[id] = Challenge({
            state: State.Open,
            lane: lane,
            challenger: msg.sender,
            deadline: deadline,
            index: index,
            settlementId: settlementId,
            settlementRoot: settlement.settlementRoot
        });
        emit ChallengeOpened(id, lane, settlementId, index, deadline);
        uint256 before = cor.balanceOf(address(this));
        IERC20(cor).safeTransferFrom(msg.sender, address(this), BOND_WEI);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == BOND_WEI, ReceivedOther(receivedWei, BOND_WEI));
    }

    /// @inheritdoc ISetChallenges
    function answer(bytes32 id, uint32 chunkCount, bytes32 root, bytes calldata chunk, bytes32[] calldata path)
        external
        nonReentrant
    {
        Challenge storage challenge = _answerable(id, chunkCount, root);
        require(chunk.length <= Chunks.CHUNK_BYTES_MAX, ChunkTooLong(chunk.length, Chunks.CHUNK_BYTES_MAX));
        require(Chunks.isChunkAt(root, chunkCount, challenge.index, chunk, path), ChunkForeign(challenge.index, root));
        _answer(id, challenge, chunkCount);
    }

    /// @inheritdoc ISetChallenges
    function answerBeyond(bytes32 id, uint32 chunkCount, bytes32 root) external nonReentrant {
        Challenge storage challenge = _answerable(id, chunkCount, root);
        require(challenge.index >= chunkCount, IndexWithin(challenge.index, chunkCount));
        _answer(id, challenge, chunkCount);
    }

    /// @inheritdoc ISetChallenges
    function condemn(bytes32 id) external nonReentrant {
        Challenge storage challenge = _challenges[id];
        require(challenge.state == State.Open, ChallengeNotOpen(id));
        require(block.timestamp >= challenge.deadline, CondemnTooEarly(challenge.deadline));
        address lane = challenge.lane;
        address challenger = challenge.challenger;
        bytes32 settlementId = challenge.settlementId;
        bool isFirst = !isCondemned[settlementId];
        challenge.state = State.Condemned;
        openOf[lane] -= 1;
        isCondemned[settlementId] = true;

        uint256 frozenWei = 0;
        uint256 slashedWei = 0;
        if (isFirst) {
            frozenWei = payment.freezeMaturing(lane);
            if (frozenWei != 0) {
                Offences.distribute(cor, Offences.Offence.SetWithheld, frozenWei, challenger, address(0));
            }
            slashedWei = claims.slashWithheld(lane, challenger);
        }
        emit SetCondemned(id, lane, settlementId, frozenWei, slashedWei);
        IERC20(cor).safeTransfer(challenger, BOND_WEI);
    }

    /// @inheritdoc ISetChallenges
    function challengeOf(bytes32 id) external view returns (Challenge memory) {
        return _challenges[id];
    }

    /* INTERNAL */

    /// The settlement's id, once it is shown to be one of the lane's.
    function _checkChained(Settlement calldata settlement, Link[] calldata later)
        internal
        view
        returns (bytes32 settlementId)
    {
        address lane = settlement.lane;
        settlementId = Settlements.hashSettlement(
            lane, settlement.debitsHash, settlement.creditsHash, settlement.settlementRoot, settlement.setCid
        );
        bytes32 head = Settlements.nextHead(settlement.previousHead, settlementId, settlement.timestamp);
        for (uint256 i = 0; i < later.length; ++i) {
            head = Settlements.nextHead(head, later[i].settlementId, later[i].timestamp);
        }
        require(head == payment.headOf(lane) || isNoted[lane][head], HeadForeign(lane, head));
    }

    function _answerable(bytes32 id, uint32 chunkCount, bytes32 root)
        internal
        view
        returns (Challenge storage challenge)
    {
        challenge = _challenges[id];
        require(challenge.state == State.Open, ChallengeNotOpen(id));
        require(block.timestamp < challenge.deadline, AnswerTooLate(challenge.deadline));
        bytes32 given = Chunks.settlementRoot(chunkCount, root);
        require(given == challenge.settlementRoot, RootForeign(given, challenge.settlementRoot));
    }

    /// What was put down is the operator's, whoever answered: nobody races it for that.
    function _answer(bytes32 id, Challenge storage challenge, uint32 chunkCount) internal {
        challenge.state = State.Answered;
        openOf[challenge.lane] -= 1;
        _chunkCounts[challenge.settlementRoot] = uint256(chunkCount) + 1;
        emit ChallengeAnswered(id, challenge.lane, chunkCount);
        IERC20(cor).safeTransfer(challenge.lane, BOND_WEI);
    }
}
