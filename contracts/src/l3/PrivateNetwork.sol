// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPolicy } from "../interfaces/IPolicy.sol";
import { ISessions } from "../interfaces/ISessions.sol";
import { Members } from "./Members.sol";

/// @title PrivateNetwork
/// @notice The gate of a private network: its members and its policy. It stands in the place of the compliance hook.
contract PrivateNetwork is IPolicy, Members {
    uint8 internal constant PRIVATE = 2;
    uint8 internal constant PROVED_ENGINES = 0;

    Limits internal _limits;
    address public sessions;
    address public payment;
    uint32 public serviceCount;
    mapping(bytes32 model => bool) public isModelAllowed;
    /// Zero where no service has the name.
    mapping(bytes32 nameHash => bytes32 model) public modelOfService;
    mapping(uint16 team => uint96) public budgetWei;
    mapping(uint16 team => mapping(uint256 period => uint256)) internal _depositedWei;
    mapping(uint32 session => uint256) public depositedWei;
    mapping(address account => mapping(uint256 period => uint32)) internal _sessionsOf;

    constructor(address owner) Members(owner) { }

    /* RULES */

    /// @inheritdoc IPolicy
    function setLimits(Limits calldata limits) external onlyOwner {
        require(limits.budgetSeconds != 0, NobodysBudget());
        _limits = limits;
        emit LimitsSet(limits, msg.sender);
    }

    /// @inheritdoc IPolicy
    function setModel(bytes32 model, bool isAllowed) external onlyOwner {
        isModelAllowed[model] = isAllowed;
        emit ModelSet(model, isAllowed, msg.sender);
    }

    /// @inheritdoc IPolicy
    function setService(bytes32 nameHash, bytes32 model) external onlyOwner {
        bool isThere = modelOfService[nameHash] != 0;
        if (!isThere && model != 0) ++serviceCount;
        if (isThere && model == 0) --serviceCount;
        modelOfService[nameHash] = model;
        emit ServiceSet(nameHash, model, msg.sender);
    }

    /// @inheritdoc IPolicy
    function join(address sessions_, address payment_) external onlyOwner {
        require(sessions == address(0), JoinedAlready());
        require(sessions_ != address(0) && payment_ != address(0), AccountZero());
        (sessions, payment) = (sessions_, payment_);
        emit Joined(sessions_, payment_);
    }

    /// @inheritdoc IPolicy
    function setBudget(uint16 team, uint96 budgetWei_) external {
        Role role = roleOf(msg.sender);
        require(role == Role.Owner || role == Role.Billing, NotForBilling(msg.sender));
        require(team != 0, NobodysBudget());
        budgetWei[team] = budgetWei_;
        emit BudgetSet(team, budgetWei_, msg.sender);
    }

    /* ASKED */

    /// @inheritdoc IPolicy
    function checkSession(address owner, ISessions.SessionParams calldata params) public view {
        checkOwner(owner);
        require(params.privacy == PRIVATE, PolicyRefused("privacy"));
        require(_limits.anyModel || isModelAllowed[params.modelIdentifier], PolicyRefused("model"));
        if (serviceCount != 0) {
            bytes32 model = modelOfService[keccak256(bytes(params.name))];
            require(model != 0 && model == params.modelIdentifier, PolicyRefused("service"));
        }
        require((_limits.auditModes >> params.auditMode) & 1 == 1, PolicyRefused("audit"));
        require(!_limits.provedEnginesOnly || params.engine == PROVED_ENGINES, PolicyRefused("engine"));
        require(params.redundant <= _limits.copies, PolicyRefused("copies"));
        uint256 tasks = params.maxTaskExecutionCount;
        require(tasks != 0 && tasks <= _limits.tasksPerSession, PolicyRefused("tasks"));
    }

    /// @inheritdoc IPolicy
    function checkOwner(address owner) public view {
        Role role = roleOf(owner);
        require(role == Role.Member || _isSteward(role), PolicyRefused("role"));
        require(_standings[owner].team != 0, PolicyRefused("team"));
    }

    /// @inheritdoc IPolicy
    function checkOperator(address operator) external view {
        require(roleOf(operator) == Role.Node, PolicyRefused("role"));
    }

    /// @inheritdoc IPolicy
    function noteSession(address owner, ISessions.SessionParams calldata params) external {
        require(msg.sender == sessions, NotJoined(msg.sender));
        checkSession(owner, params);
        uint32 count = ++_sessionsOf[owner][_period()];
        require(count <= _limits.sessionsPerMember, PolicyRefused("sessions"));
        emit SessionNoted(owner, _standings[owner].team, count);
    }

    /// @inheritdoc IPolicy
    function noteDeposit(uint32 session, address owner, address by, uint256 amountWei) external {
        require(msg.sender == payment, NotJoined(msg.sender));
        checkOwner(owner);
        Role role = roleOf(by);
        require(role == Role.Member || role == Role.Billing || _isSteward(role), PolicyRefused("role"));
        uint256 inWei = depositedWei[session];
        uint256 mostWei = _limits.depositWeiPerSession;
        require(inWei + amountWei <= mostWei, DepositAboveLimit(session, mostWei, inWei + amountWei));
        depositedWei[session] = inWei + amountWei;
        uint16 team = _standings[owner].team;
        uint256 leftWei = budgetLeftWei(team);
        require(amountWei <= leftWei, BudgetSpent(team, leftWei, amountWei));
        _depositedWei[team][_period()] += amountWei;
        emit DepositNoted(team, _period(), session, by, amountWei);
    }

    /* VIEWS */

    /// @inheritdoc IPolicy
    function budgetLeftWei(uint16 team) public view returns (uint256) {
        if (_limits.budgetSeconds == 0) return 0;
        uint256 spentWei = _depositedWei[team][_period()];
        return spentWei >= budgetWei[team] ? 0 : budgetWei[team] - spentWei;
    }

    function limitsOf() external view returns (Limits memory) {
        return _limits;
    }

    /* INTERNAL */

    /// No session opens and no money comes in before there are limits: `checkSession` and the budgets refuse all.
    function _period() internal view returns (uint256) {
        return block.timestamp / _limits.budgetSeconds;
    }
}
