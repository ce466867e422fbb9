// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMembers } from "./IMembers.sol";
import { ISessions } from "./ISessions.sol";

/// @title IPolicy
/// @notice What a private network's sessions may be, and what its teams may deposit. Asked where a session is opened or changed and
/// where money comes in; never on the way out.
interface IPolicy is IMembers {
    struct Limits {
        /// Sessions that one account may open in a period.
        uint32 sessionsPerMember;
        /// Most tasks of a session; a session without limit is refused.
        uint32 tasksPerSession;
        /// Copies of a task.
        uint8 copies;
        /// Bit n: audit mode n is allowed.
        uint8 auditModes;
        bool provedEnginesOnly;
        bool anyModel;
        /// The period that budgets and sessions count in.
        uint64 budgetSeconds;
        /// Deposited into one session, in all.
        uint96 depositWeiPerSession;
    }

    event LimitsSet(Limits limits, address indexed by);
    event ModelSet(bytes32 indexed model, bool isAllowed, address indexed by);
    event ServiceSet(bytes32 indexed nameHash, bytes32 model, address indexed by);
    event BudgetSet(uint16 indexed team, uint96 budgetWei, address indexed by);
    event Joined(address sessions, address payment);
    event SessionNoted(address indexed account, uint16 indexed team, uint32 count);
    event DepositNoted(uint16 indexed team, uint256 indexed period, uint32 session, address indexed by, uint256 amountWei);

    /// @notice The policy that a session breaks: `role`, `team`, `privacy`, `model`, `service`, `audit`, `engine`, `copies`, `tasks`, `sessions`.
    error PolicyRefused(bytes32 policy);
    error NotForBilling(address caller);
    error JoinedAlready();
    error NotJoined(address caller);
    error NobodysBudget();
    error BudgetSpent(uint16 team, uint256 leftWei, uint256 amountWei);
    error DepositAboveLimit(uint32 session, uint256 mostWei, uint256 amountWei);

    /// @notice Only an owner, as are the next three.
    function setLimits(Limits calldata limits) external;
    function setModel(bytes32 model, bool isAllowed) external;
    /// @param model Zero takes a service away.
    function setService(bytes32 nameHash, bytes32 model) external;
    /// @notice Names the contracts that note sessions and deposits here. Once.
    function join(address sessions, address payment) external;

    /// @notice What a team may deposit in each period. An owner, or billing.
    function setBudget(uint16 team, uint96 budgetWei) external;

    /// @notice Reverts PolicyRefused for what an account may not open or change a session into.
    function checkSession(address owner, ISessions.SessionParams calldata params) external view;

    /// @notice Reverts PolicyRefused for who may own no session.
    function checkOwner(address owner) external view;

    /// @notice Reverts PolicyRefused for who may serve none.
    function checkOperator(address operator) external view;

    /// @notice Checks a new session and counts it. Only the joined sessions.
    function noteSession(address owner, ISessions.SessionParams calldata params) external;

    /// @notice Counts a deposit against the session owner's team, and against the session. Only the joined payment.
    function noteDeposit(uint32 session, address owner, address by, uint256 amountWei) external;

    /// @notice What a team may still deposit in the running period.
    function budgetLeftWei(uint16 team) external view returns (uint256);
}
