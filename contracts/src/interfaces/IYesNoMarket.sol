// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IInferenceOracle } from "./IInferenceOracle.sol";
import { ISessionPayment } from "./ISessionPayment.sol";
import { ISessionQueue } from "./ISessionQueue.sol";
import { ISessions } from "./ISessions.sol";

/// @title IYesNoMarket
/// @notice An example of who asks the oracle: stakes in COR on a question, settled by what three miners answer. The winning side
/// shares everything pro rata; without an answer everybody has their stake back.
/// @dev Nobody has any power here. Whoever makes a market names the operator that picks its miners: stake only where both are
/// trusted, and on questions that the model can know.
interface IYesNoMarket {
    enum Outcome {
        Open,
        Yes,
        No,
        /// No answer, one that is neither, or nobody on the side that won: stakes go back.
        Void
    }

    struct Parts {
        IERC20 cor;
        ISessions sessions;
        ISessionPayment payment;
        ISessionQueue queue;
        IInferenceOracle oracle;
    }

    struct Question {
        string text;
        bytes32 modelId;
        /// The operator that is asked.
        address assigner;
        uint32 maxIn;
        /// Of all three copies together.
        uint96 feeCapWei;
        /// First second at which nobody stakes any more, and anyone may ask.
        uint40 closesAt;
    }

    /// The spending key that the operator's router signs debits with: a contract has no key of its own.
    struct Spender {
        address key;
        uint96 capPerEpochWei;
        uint96 totalCapWei;
        uint64 expires;
    }

    event Staked(address indexed holder, bool indexed isYes, uint256 amountWei);
    event Settled(Outcome indexed outcome);
    event Claimed(address indexed holder, uint256 amountWei);
    event Swept(address indexed creator, uint256 amountWei);

    error ClosesInThePast(uint256 closesAt);
    error StakingOver(uint256 closesAt);
    error AmountZero();
    error AskTooEarly(uint256 closesAt);
    error AskedAlready();
    error FundsBelow(uint256 leftWei, uint256 neededWei);
    error NotOracle(address caller);
    error OutcomeOpen();
    error OutcomeKnown(Outcome outcome);
    error NothingToClaim(address holder);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Stakes the caller's COR on a side, before `closesAt`.
    function stake(bool isYes, uint256 amountWei) external;

    /// @notice Pays the caller what is its own: a winner its part of all stakes, rounded down; of a void market each stake.
    function claim() external returns (uint256 amountWei);

    /// @notice Adds the caller's COR to what the question may cost; what is left of it is the creator's. Anyone, while it is open.
    function fund(uint96 amountWei) external;

    /// @notice Asks the oracle, once. Anyone, from `closesAt` on (inclusive), if the operator's lane covers the fee.
    function ask() external;

    /// @notice What the oracle calls.
    function onInference(bytes32 id, bool isAnswered, bytes calldata answer) external;

    /// @notice Takes the outcome from the oracle when its call failed; or voids a market that nobody could ask for 7 days. Anyone.
    function settle() external;

    /// @notice Starts the session's way out, once the outcome is known. Anyone.
    function closeSession() external;

    /// @notice Sends the creator all that isn't a stake: what the closed session gave back. Anyone.
    function sweep() external returns (uint256 amountWei);

    function outcome() external view returns (Outcome);

    /// @notice The oracle's task; zero until asked.
    function taskId() external view returns (bytes32);

    /// @notice Σ stakes less Σ paid.
    function heldWei() external view returns (uint256);

    function totalOf(bool isYes) external view returns (uint256);
    function stakeOf(address holder, bool isYes) external view returns (uint256);
}
