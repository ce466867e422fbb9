// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IComplianceHook } from "../../interfaces/IComplianceHook.sol";
import { IPauseHook } from "../../interfaces/IPauseHook.sol";
import { ISessionOwners } from "../../interfaces/ISessionOwners.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";
import { Hooks } from "../../libraries/Hooks.sol";
import { Coins } from "./Coins.sol";

/// @title Accounts
/// @notice SessionPayment's deposits: what each lane may spend of them, and the client's way out.
abstract contract Accounts is Coins {
    using SafeCast for uint256;

    /// @notice How long a client waits to take back what a lane could spend: what it signed can be settled meanwhile.
    uint256 public constant EXIT_DELAY_SECONDS = 24 hours;
    /// @notice Bounds the work of `finaliseClose`.
    uint256 public constant LANES_MAX = 16;

    ISessionOwners public immutable sessions;
    IComplianceHook public immutable complianceHook;
    IPauseHook public immutable pauseHook;

    mapping(uint32 account => Account) internal _accounts;
    mapping(uint32 account => mapping(address lane => Lane)) internal _lanes;
    mapping(uint32 account => mapping(address lane => Lowering)) internal _lowerings;
    mapping(uint32 account => address[]) internal _laneList;

    constructor(ISessionOwners sessions_, IComplianceHook complianceHook_, IPauseHook pauseHook_) {
        sessions = sessions_;
        complianceHook = complianceHook_;
        pauseHook = pauseHook_;
    }

    modifier onlySessionOwner(uint32 account) {
        address owner = _ownerOf(account);
        require(owner == msg.sender, NotSessionOwner(msg.sender, owner));
        _;
    }

    /* DEPOSIT */

    /// @inheritdoc ISessionPayment
    function deposit(uint32 account, uint256 amountWei) external nonReentrant {
        _deposit(account, amountWei);
    }

    /// @inheritdoc ISessionPayment
    function depositWithPermit(uint32 account, uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
    {
        // Anyone may have spent the permit first: what counts is the allowance, which the transfer checks.
        try IERC20Permit(address(cor)).permit(msg.sender, address(this), amountWei, deadline, v, r, s) { } catch { }
        _deposit(account, amountWei);
    }

    /// @inheritdoc ISessionPayment
    function withdrawUnallotted(uint32 account, uint256 amountWei) external nonReentrant onlySessionOwner(account) {
        require(amountWei != 0, AmountZero());
        Account storage held = _accounts[account];
        uint256 freeWei = held.depositWei - held.allottedWei;
        require(amountWei <= freeWei, DepositBelow(freeWei, amountWei));
        held.depositWei -= amountWei.toUint96();
        emit Refunded(account, msg.sender, amountWei);
        _pay(msg.sender, amountWei);
    }

    /* LANES */

    /// @inheritdoc ISessionPayment
    function setAllotment(uint32 account, address lane, uint96 allotmentWei) external onlySessionOwner(account) {
        require(lane != address(0), LaneZero());
        Lane storage line = _lanes[account][lane];
        if (allotmentWei < line.allotmentWei) {
            uint64 at = (block.timestamp + EXIT_DELAY_SECONDS).toUint64();
            _lowerings[account][lane] = Lowering(allotmentWei, at);
            emit AllotmentLowering(account, lane, allotmentWei, at);
            return;
        }
        Account storage held = _open(account);
        _checkHooks(msg.sender);
        uint256 allottedWei = uint256(held.allottedWei) + allotmentWei - line.allotmentWei;
        require(allottedWei <= held.depositWei, AllotmentAboveDeposit(allottedWei, held.depositWei));
        if (!line.known) {
            require(_laneList[account].length < LANES_MAX, TooManyLanes(LANES_MAX));
            _laneList[account].push(lane);
            line.known = true;
        }
        // Fits: it is at most the deposit, which is a uint96.
        held.allottedWei = uint96(allottedWei);
        line.allotmentWei = allotmentWei;
        delete _lowerings[account][lane];
        emit AllotmentChanged(account, lane, allotmentWei);
    }

    /// @inheritdoc ISessionPayment
    function applyAllotment(uint32 account, address lane) external {
        Lowering memory lowering = _lowerings[account][lane];
        require(lowering.at != 0, NothingLowering(account, lane));
        require(block.timestamp >= lowering.at, LoweringTooEarly(lowering.at));
        delete _lowerings[account][lane];
        _lower(account, lane, lowering.toWei);
    }

    /* EXIT */

    /// @inheritdoc ISessionPayment
    function requestClose(uint32 account) external onlySessionOwner(account) returns (uint256 closeAt) {
        Account storage held = _open(account);
        closeAt = block.timestamp + EXIT_DELAY_SECONDS;
        held.closeAt = uint56(closeAt);
        emit CloseRequested(account, closeAt);
    }

    /// @inheritdoc ISessionPayment
    function finaliseClose(uint32 account) external nonReentrant returns (uint256 refundWei) {
        Account storage held = _accounts[account];
        require(held.closeAt != 0, AccountNotClosing(account));
        require(!held.closed, AlreadyClosed(account));
        require(block.timestamp >= held.closeAt, CloseTooEarly(held.closeAt));
        address[] storage lanes = _laneList[account];
        for (uint256 i = 0; i < lanes.length; ++i) {
            delete _lowerings[account][lanes[i]];
            _lower(account, lanes[i], 0);
        }
        refundWei = held.depositWei - held.allottedWei;
        held.depositWei = held.allottedWei;
        held.closed = true;
        emit Closed(account, refundWei);
        if (refundWei == 0) return 0;
        address owner = _ownerOf(account);
        emit Refunded(account, owner, refundWei);
        _pay(owner, refundWei);
    }

    /* VIEWS */

    /// @inheritdoc ISessionPayment
    function accountOf(uint32 account) external view returns (Account memory) {
        return _accounts[account];
    }

    /// @inheritdoc ISessionPayment
    function laneOf(uint32 account, address lane) external view returns (Lane memory) {
        return _lanes[account][lane];
    }

    /// @inheritdoc ISessionPayment
    function loweringOf(uint32 account, address lane) external view returns (Lowering memory) {
        return _lowerings[account][lane];
    }

    /// @inheritdoc ISessionPayment
    function lanesOf(uint32 account) external view returns (address[] memory) {
        return _laneList[account];
    }

    /* INTERNAL */

    function _ownerOf(uint32 account) internal view returns (address owner) {
        owner = sessions.ownerOf(account);
        require(owner != address(0), AccountUnknown(account));
    }

    function _open(uint32 account) internal view returns (Account storage held) {
        held = _accounts[account];
        require(held.closeAt == 0, AccountClosing(account, held.closeAt));
    }

    function _deposit(uint32 account, uint256 amountWei) internal virtual {
        require(amountWei != 0, AmountZero());
        address owner = _ownerOf(account);
        Account storage held = _open(account);
        _checkHooks(msg.sender);
        if (owner != msg.sender) _checkHooks(owner);
        held.depositWei = (held.depositWei + amountWei).toUint96();
        emit Deposited(account, msg.sender, amountWei, held.depositWei);
        _take(amountWei);
    }

    /// Lowers an allotment to `toWei`, but never below what was spent; never raises it.
    function _lower(uint32 account, address lane, uint96 toWei) internal {
        Lane storage line = _lanes[account][lane];
        uint96 allotmentWei = toWei > line.cumulativeWei ? toWei : line.cumulativeWei;
        if (allotmentWei >= line.allotmentWei) return;
        _accounts[account].allottedWei -= line.allotmentWei - allotmentWei;
        line.allotmentWei = allotmentWei;
        emit AllotmentChanged(account, lane, allotmentWei);
    }

    /// Asked before new business alone: deposits, and higher allotments.
    function _checkHooks(address party) internal view {
        Hooks.requireOpen(pauseHook);
        Hooks.requireAllowed(complianceHook, party);
    }
}
