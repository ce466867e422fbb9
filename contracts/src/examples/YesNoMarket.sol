// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { IInferenceOracle } from "../interfaces/IInferenceOracle.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { ISessionQueue } from "../interfaces/ISessionQueue.sol";
import { ISessions } from "../interfaces/ISessions.sol";
import { IYesNoMarket } from "../interfaces/IYesNoMarket.sol";

/// @title YesNoMarket
/// @dev The market owns its session. Nobody owns the market.
contract YesNoMarket is IYesNoMarket {
    using SafeERC20 for IERC20;

    uint8 public constant COPIES = 3;
    uint16 internal constant WORK_SECONDS = 300;
    uint32 internal constant ANSWER_TOKENS = 8;
    uint32 internal constant CALLBACK_GAS = 150_000;
    uint256 public constant ANSWER_SECONDS = 1 days;
    /// @notice How long after the last stake the question may be asked.
    uint256 public constant ASK_SECONDS = 7 days;
    bytes internal constant ANSWER_LINE = "\nAnswer yes or no, in one word.";

    IERC20 public immutable cor;
    ISessionPayment public immutable payment;
    IInferenceOracle public immutable oracle;
    address public immutable creator;
    uint32 public immutable account;
    address public immutable assigner;
    uint40 public immutable closesAt;

    Question internal _question;
    /// @inheritdoc IYesNoMarket
    Outcome public outcome;
    /// @inheritdoc IYesNoMarket
    bytes32 public taskId;
    /// @inheritdoc IYesNoMarket
    uint256 public heldWei;
    /// @inheritdoc IYesNoMarket
    mapping(bool isYes => uint256) public totalOf;
    /// @inheritdoc IYesNoMarket
    mapping(address holder => mapping(bool isYes => uint256)) public stakeOf;

    constructor(Parts memory parts, Question memory question, Spender memory spender) {
        require(question.closesAt > block.timestamp, ClosesInThePast(question.closesAt));
        cor = parts.cor;
        payment = parts.payment;
        oracle = parts.oracle;
        creator = msg.sender;
        assigner = question.assigner;
        closesAt = question.closesAt;
        _question = question;

        ISessions.SessionParams memory params;
        params.name = "yes/no market";
        params.minNumOfNodes = COPIES;
        params.maxNumOfNodes = COPIES;
        params.redundant = COPIES;
        params.modelIdentifier = question.modelId;
        (account,) = parts.sessions.create(params);
        parts.queue.setEnqueuer(address(parts.oracle), true);
        parts.payment
            .addSpendingKey(account, spender.key, spender.capPerEpochWei, spender.totalCapWei, spender.expires, "");
    }

    /* STAKES */

    /// @inheritdoc IYesNoMarket
    function stake(bool isYes, uint256 amountWei) external {
        require(block.timestamp < closesAt && outcome == Outcome.Open, StakingOver(closesAt));
        require(amountWei != 0, AmountZero());
        heldWei += amountWei;
        totalOf[isYes] += amountWei;
        stakeOf[msg.sender][isYes] += amountWei;
        emit Staked(msg.sender, isYes, amountWei);
        _pull(amountWei);
    }

    /// @inheritdoc IYesNoMarket
    function claim() external returns (uint256 amountWei) {
        require(outcome != Outcome.Open, OutcomeOpen());
        uint256 yesWei = stakeOf[msg.sender][true];
        uint256 noWei = stakeOf[msg.sender][false];
        if (outcome == Outcome.Void) {
            amountWei = yesWei + noWei;
        } else {
            bool isYes = outcome == Outcome.Yes;
            // Rounded down: winners together never get more than was staked.
            amountWei = (isYes ? yesWei : noWei) * (totalOf[true] + totalOf[false]) / totalOf[isYes];
        }
        require(amountWei != 0, NothingToClaim(msg.sender));
        delete stakeOf[msg.sender][true];
        delete stakeOf[msg.sender][false];
        heldWei -= amountWei;
        emit Claimed(msg.sender, amountWei);
        cor.safeTransfer(msg.sender, amountWei);
    }

    /* THE QUESTION */

    /// @inheritdoc IYesNoMarket
    function fund(uint96 amountWei) external {
        require(outcome == Outcome.Open, OutcomeKnown(outcome));
        _pull(amountWei);
        cor.forceApprove(address(payment), amountWei);
        payment.deposit(account, amountWei);
        payment.setAllotment(account, assigner, payment.laneOf(account, assigner).allotmentWei + amountWei);
    }

    /// @inheritdoc IYesNoMarket
    function ask() external {
        require(block.timestamp >= closesAt, AskTooEarly(closesAt));
        require(outcome == Outcome.Open && taskId == 0, AskedAlready());
        // Else whoever would lose could ask what nobody is paid to answer.
        ISessionPayment.Lane memory lane = payment.laneOf(account, assigner);
        uint256 leftWei = lane.allotmentWei - lane.cumulativeWei;
        require(leftWei >= _question.feeCapWei, FundsBelow(leftWei, _question.feeCapWei));
        IInferenceOracle.Question memory asked;
        asked.text = bytes.concat(bytes(_question.text), ANSWER_LINE);
        IInferenceOracle.Terms memory terms = IInferenceOracle.Terms({
            modelId: _question.modelId,
            assigner: assigner,
            policy: IInferenceOracle.Policy.Majority,
            redundancy: COPIES,
            workSeconds: WORK_SECONDS,
            maxIn: _question.maxIn,
            maxOut: ANSWER_TOKENS,
            feeCapWei: _question.feeCapWei,
            deadline: uint40(block.timestamp + ANSWER_SECONDS)
        });
        IInferenceOracle.Callback memory callback =
            IInferenceOracle.Callback({ selector: this.onInference.selector, gasLimit: CALLBACK_GAS });
        taskId = oracle.request(account, asked, terms, callback);
    }

    /// @inheritdoc IYesNoMarket
    function onInference(bytes32 id, bool isAnswered, bytes calldata answer) external {
        require(msg.sender == address(oracle) && id == taskId, NotOracle(msg.sender));
        _settle(isAnswered ? _outcomeOf(answer) : Outcome.Void);
    }

    /// @inheritdoc IYesNoMarket
    function settle() external {
        if (taskId == 0) {
            require(block.timestamp >= closesAt + ASK_SECONDS, OutcomeOpen());
            _settle(Outcome.Void);
            return;
        }
        IInferenceOracle.Request memory asked = oracle.requestOf(taskId);
        require(asked.state != IInferenceOracle.State.Open, OutcomeOpen());
        bool isAnswered = asked.state == IInferenceOracle.State.Answered;
        _settle(isAnswered ? _outcomeOf(asked.answer) : Outcome.Void);
    }

    /* WHAT IS LEFT OF FEES */

    /// @inheritdoc IYesNoMarket
    function closeSession() external {
        require(outcome != Outcome.Open, OutcomeOpen());
        payment.requestClose(account);
    }

    /// @inheritdoc IYesNoMarket
    function sweep() external returns (uint256 amountWei) {
        amountWei = cor.balanceOf(address(this)) - heldWei;
        emit Swept(creator, amountWei);
        cor.safeTransfer(creator, amountWei);
    }

    /* INTERNAL */

    function _settle(Outcome found) internal {
        require(outcome == Outcome.Open, OutcomeKnown(outcome));
        // A side that nobody took can't be paid: everybody gets back what they staked.
        bool isWon = found != Outcome.Void && totalOf[found == Outcome.Yes] != 0;
        outcome = isWon ? found : Outcome.Void;
        emit Settled(outcome);
    }

    /// `yes` or `no`, in any case, with a full stop or without; anything else says neither.
    function _outcomeOf(bytes memory answer) internal pure returns (Outcome) {
        uint256 length = answer.length;
        if (length != 0 && answer[length - 1] == ".") --length;
        if (length > 3) return Outcome.Void;
        bytes memory lower = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            bytes1 char = answer[i];
            lower[i] = char >= "A" && char <= "Z" ? char | 0x20 : char;
        }
        bytes32 word = keccak256(lower);
        if (word == keccak256("yes")) return Outcome.Yes;
        if (word == keccak256("no")) return Outcome.No;
        return Outcome.Void;
    }

    function _pull(uint256 amountWei) internal {
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
    }
}
