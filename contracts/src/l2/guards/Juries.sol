// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { Multicall } from "@openzeppelin/contracts/utils/Multicall.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IEvidence } from "../../interfaces/IEvidence.sol";
import { IJuries } from "../../interfaces/IJuries.sol";
import { IReceiver } from "../../interfaces/IReceiver.sol";
import { DisputeSteps } from "../../libraries/DisputeSteps.sol";
import { Draws } from "../../libraries/Draws.sol";
import { Verdicts } from "../../libraries/Verdicts.sol";
import { Evidence } from "./Evidence.sol";
import { JuryDraws } from "./JuryDraws.sol";

/// @title Juries
contract Juries is JuryDraws, Multicall, ReentrancyGuardTransient {
    using DisputeSteps for DisputeSteps.Case;
    using DisputeSteps for DisputeSteps.Dispute;
    using Draws for Draws.Window;
    using SafeERC20 for IERC20;

    uint8 internal constant VERDICT_TIER = 2;
    /// @notice What a dispute, and an appeal, puts down: more than what it costs others to answer it.
    uint256 public constant BOND_WEI = 1e18;
    /// @notice Longest that a node is frozen without a slash.
    uint256 public constant FREEZE_SECONDS = 14 days;
    /// @notice Enough to take a stake, tell four mirrors, share out what was taken, and answer.
    uint256 public constant SLASH_GAS = 1_500_000;

    /// @inheritdoc IJuries
    IEvidence public immutable evidence;
    address internal immutable _deployer;

    /// @inheritdoc IJuries
    uint64 public slasherChainId;
    /// @inheritdoc IJuries
    address public slasher;
    /// @inheritdoc IJuries
    uint64 public disputeCount;
    /// @inheritdoc IJuries
    mapping(bytes32 resultHash => uint64 number) public lastDisputeOf;

    constructor(Parts memory parts) JuryDraws(parts) {
        evidence = new Evidence(parts.registry, parts.sessions, parts.duties);
        _deployer = msg.sender;
    }

    /* OPENING AND APPEAL */

    /// @inheritdoc IJuries
    function open(bytes calldata accusation) external nonReentrant returns (uint64 number) {
        IEvidence.Shown memory shown = _read(accusation);
        uint64 last = lastDisputeOf[shown.resultHash];
        require(last == 0 || _mayOpenAgain(_cases[last].dispute), DisputeExists(last));
        number = ++disputeCount;
        lastDisputeOf[shown.resultHash] = number;
        _charge(_charges[number], shown);
        _nameParties(_cases[number].roles, shown);
        _cases[number].open(block.timestamp);
        emit DisputeOpened(number, shown.taskId, shown.miner, shown.resultHash, msg.sender, shown.feeWei);
        _moved(number);
        _takeBond();
    }

    /// @inheritdoc IJuries
    function amend(uint64 number, bytes calldata accusation) external {
        DisputeSteps.Case storage self = _caseOf(number);
        require(self.dispute.phase != DisputeSteps.Phase.Ended, DisputeSteps.Ended());
        IEvidence.Shown memory shown = _read(accusation);
        Charge storage charge = _charges[number];
        require(shown.resultHash == charge.resultHash, ResultOther(shown.resultHash, charge.resultHash));
        require(shown.feeWei > charge.feeWei, FeeNotHigher(shown.feeWei, charge.feeWei));
        charge.feeWei = shown.feeWei;
        if (!shown.isOwn) charge.isOwn = false;
        self.roles[shown.operator] |= DisputeSteps.PARTY;
        emit FeeAmended(number, shown.operator, shown.feeWei);
    }

    /// @inheritdoc IJuries
    function appeal(uint64 number) external nonReentrant {
        _caseOf(number).appeal(block.timestamp);
        _charges[number].appellant = msg.sender;
        emit VerdictAppealed(number, msg.sender);
        _moved(number);
        _takeBond();
    }

    /* DRAWS */

    /// @inheritdoc IJuries
    function seat(uint64 number) external {
        DisputeSteps.Case storage self = _caseOf(number);
        Draws.Window memory window = _windowOf(self.dispute);
        window.requireDrawable();
        self.seat(_drawn(number, window, new address[](0), DisputeSteps.VALIDATORS), block.timestamp);
        emit ValidatorsSeated(number, self.dispute.round, self.dispute.validators);
        _moved(number);
    }

    /// @inheritdoc IJuries
    function empanel(uint64 number) external {
        DisputeSteps.Case storage self = _caseOf(number);
        Draws.Window memory window = _windowOf(self.dispute);
        window.requireDrawable();
        bool isSecond = self.dispute.phase == DisputeSteps.Phase.Appealed;
        address[] memory first = isSecond ? new address[](0) : self.dispute.validators;
        self.empanel(_drawn(number, window, first, DisputeSteps.JURORS_MAX), block.timestamp);
        emit JuryEmpanelled(number, isSecond, isSecond ? self.dispute.secondJurors : self.dispute.jurors);
        _moved(number);
    }

    /* JUDGING */

    /// @inheritdoc IJuries
    function commit(uint64 number, bytes32 commitment) external {
        _caseOf(number).commit(msg.sender, commitment, block.timestamp);
        emit VerdictCommitted(number, msg.sender, commitment);
        _moved(number);
    }

    /// @inheritdoc IJuries
    function reveal(uint64 number, Verdicts.Outcome outcome, bytes32 stats, uint32 firstDiff, bytes32 salt)
        external
        nonReentrant
    {
        DisputeSteps.Case storage self = _caseOf(number);
        Verdicts.Verdict memory verdict = Verdicts.Verdict({
            taskId: _charges[number].taskId,
            tier: VERDICT_TIER,
            outcome: outcome,
            stats: stats,
            firstDiff: firstDiff,
            salt: salt
        });
        bytes32 shown = Verdicts.commitmentOf(block.chainid, attestations, msg.sender, verdict);
        self.reveal(msg.sender, outcome, shown, block.timestamp);
        emit VerdictRevealed(number, msg.sender, outcome, stats, firstDiff);
        _moved(number);
    }

    /// @inheritdoc IJuries
    function vote(uint64 number, bool isWrong) external nonReentrant {
        _caseOf(number).vote(msg.sender, isWrong, block.timestamp);
        emit JurorVoted(number, msg.sender, isWrong);
        _moved(number);
    }

    /// @inheritdoc IJuries
    function expire(uint64 number) external nonReentrant {
        _caseOf(number).expire(block.timestamp);
        _moved(number);
    }

    /// @inheritdoc IJuries
    function dismiss(uint64 number) external nonReentrant {
        DisputeSteps.Case storage self = _caseOf(number);
        Charge storage charge = _charges[number];
        evidence.requirePlanted(charge.resultHash, charge.isOwn);
        self.dismiss(block.timestamp);
        _moved(number);
    }

    /* WHAT FOLLOWS */

    /// @inheritdoc IJuries
    function execute(uint64 number) external {
        require(_caseOf(number).dispute.ending == DisputeSteps.Ending.Slashed, NotSlashed(number));
        Charge storage charge = _charges[number];
        require(!charge.isSent, SentAlready(number));
        require(slasher != address(0), SlasherUnnamed());
        charge.isSent = true;
        bytes memory body = abi.encode(number, charge.miner, charge.opener, charge.client, uint256(charge.feeWei));
        bytes32 id = messenger.send(slasherChainId, slasher, body, SLASH_GAS);
        emit VerdictSent(number, id);
    }

    /// @inheritdoc IReceiver
    /// @dev The slash was carried out. A message that comes again changes nothing.
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == slasherChainId && from == slasher, NotSlasher(src, from));
        _thaw(abi.decode(body, (uint64)));
    }

    /// @inheritdoc IJuries
    function thaw(uint64 number) external {
        Charge storage charge = _charges[number];
        require(charge.isFreezing, NotFrozen(number));
        require(block.timestamp >= charge.frozenUntil, FrozenUntil(charge.frozenUntil));
        _thaw(number);
    }

    /// @inheritdoc IJuries
    function nameSlasher(uint64 chainId, address slasher_) external {
        require(msg.sender == _deployer, NotDeployer(msg.sender));
        require(slasher == address(0), NamedAlready(slasher));
        (slasherChainId, slasher) = (chainId, slasher_);
        emit SlasherNamed(chainId, slasher_);
    }

    /* VIEWS */

    /// @inheritdoc IJuries
    function disputeOf(uint64 number) external view returns (DisputeSteps.Dispute memory) {
        return _cases[number].dispute;
    }

    /// @inheritdoc IJuries
    function chargeOf(uint64 number) external view returns (Charge memory) {
        return _charges[number];
    }

    /* INTERNAL */

    function _mayOpenAgain(DisputeSteps.Dispute storage dispute) internal view returns (bool) {
        DisputeSteps.Ending ending = dispute.ending;
        // The last three: nobody was found wrong, or right.
        return ending >= DisputeSteps.Ending.Undecided;
    }

    /// What an accusation shows; reverts with what is wrong about it.
    function _read(bytes calldata accusation) internal view returns (IEvidence.Shown memory) {
        bytes memory call = bytes.concat(IEvidence.check.selector, accusation);
        return abi.decode(Address.functionStaticCall(address(evidence), call), (IEvidence.Shown));
    }

    function _charge(Charge storage charge, IEvidence.Shown memory shown) internal {
        charge.taskId = shown.taskId;
        charge.resultHash = shown.resultHash;
        charge.kernelClass = shown.kernelClass;
        charge.modelId = shown.modelId;
        charge.miner = shown.miner;
        charge.feeWei = shown.feeWei;
        charge.client = shown.client;
        charge.isOwn = shown.isOwn;
        charge.opener = msg.sender;
    }

    /// Who made the result, brought it, asked for it, or put money on its being wrong, judges nothing of it. Not who else the receipt names:
    /// a router could name everybody.
    function _nameParties(mapping(address => uint8) storage roles, IEvidence.Shown memory shown) internal {
        roles[shown.minerOwner] = DisputeSteps.PARTY;
        roles[shown.operator] = DisputeSteps.PARTY;
        roles[shown.client] = DisputeSteps.PARTY;
        roles[msg.sender] = DisputeSteps.PARTY;
        roles[registry.ownerOf(msg.sender)] = DisputeSteps.PARTY;
    }

    /// After an event or a deadline: a jury's slash freezes the miner, and the end of a dispute pays back what was put down.
    function _moved(uint64 number) internal {
        DisputeSteps.Dispute storage dispute = _cases[number].dispute;
        Charge storage charge = _charges[number];
        DisputeSteps.Phase phase = dispute.phase;
        emit DisputeMoved(number, phase, dispute.deadline);
        if (phase == DisputeSteps.Phase.Judged && dispute.verdict == DisputeSteps.Ending.Slashed) {
            charge.frozenUntil = uint40(dispute.at + FREEZE_SECONDS);
            charge.isFreezing = true;
            _freezes[charge.miner] += 1;
            emit MinerFrozen(number, charge.miner, charge.frozenUntil);
        }
        if (phase != DisputeSteps.Phase.Ended) return;
        if (dispute.ending != DisputeSteps.Ending.Slashed) _thaw(number);
        bool isAppealWon = dispute.isAppealWon();
        emit DisputeEnded(number, charge.taskId, charge.resultHash, dispute.ending, isAppealWon);
        bool isCleared = dispute.ending == DisputeSteps.Ending.Cleared;
        _returnBond(number, isCleared ? registry.ownerOf(charge.miner) : charge.opener);
        if (!dispute.isAppealed) return;
        bool isHeard = dispute.secondJurors.length != 0;
        _returnBond(number, isAppealWon || !isHeard ? charge.appellant : charge.opener);
    }

    function _thaw(uint64 number) internal {
        Charge storage charge = _charges[number];
        if (!charge.isFreezing) return;
        charge.isFreezing = false;
        _freezes[charge.miner] -= 1;
        emit MinerThawed(number, charge.miner);
    }

    function _takeBond() internal {
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), BOND_WEI);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == BOND_WEI, ReceivedOther(receivedWei, BOND_WEI));
    }

    function _returnBond(uint64 number, address to) internal {
        emit BondReturned(number, to, BOND_WEI);
        cor.safeTransfer(to, BOND_WEI);
    }
}
