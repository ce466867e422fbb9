// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { ISessionOwners } from "../interfaces/ISessionOwners.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { Credits } from "../libraries/Credits.sol";
import { Debits } from "../libraries/Debits.sol";
import { SpendingKeys } from "../libraries/SpendingKeys.sol";

/// @title SessionPayment
contract SessionPayment is ISessionPayment, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using SpendingKeys for SpendingKeys.SpendingKey;

    /// @notice How long a client waits to take back what a lane could spend: what it signed can be settled meanwhile.
    uint256 public constant EXIT_DELAY_SECONDS = 24 hours;
    /// @notice Bounds the work of `finaliseClose`.
    uint256 public constant LANES_MAX = 16;

    bytes32 internal constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(address lane,bytes32 debitsHash,bytes32 creditsHash,bytes32 settlementRoot,bytes32 setCid)"
    );

    IERC20 public immutable cor;
    ISessionOwners public immutable sessions;
    IRouters public immutable routers;
    /// @notice Chain time at which epoch 0 began, and an epoch's length, in seconds.
    uint256 public immutable t0;
    uint256 public immutable epochSeconds;

    mapping(uint32 account => Account) internal _accounts;
    mapping(uint32 account => mapping(address lane => Lane)) internal _lanes;
    mapping(uint32 account => mapping(address lane => Lowering)) internal _lowerings;
    mapping(uint32 account => address[]) internal _laneList;
    mapping(uint32 account => mapping(address key => SpendingKeys.SpendingKey)) internal _keys;
    /// @inheritdoc ISessionPayment
    mapping(address payee => uint256 amountWei) public creditOf;
    /// @inheritdoc ISessionPayment
    mapping(address lane => bytes32) public headOf;

    struct Parts {
        IERC20 cor;
        ISessionOwners sessions;
        IRouters routers;
        uint256 t0;
        uint256 epochSeconds;
    }

    constructor(Parts memory parts) EIP712("Cortensor", "1") {
        require(parts.epochSeconds != 0, EpochSecondsZero());
        cor = parts.cor;
        sessions = parts.sessions;
        routers = parts.routers;
        t0 = parts.t0;
        epochSeconds = parts.epochSeconds;
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
        cor.safeTransfer(msg.sender, amountWei);
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

    /* SPENDING KEYS */

    /// @inheritdoc ISessionPayment
    function addSpendingKey(
        uint32 account,
        address key,
        uint96 capPerEpochWei,
        uint96 totalCapWei,
        uint64 expires,
        bytes calldata signature
    ) external {
        address owner = _ownerOf(account);
        if (signature.length == 0) {
            require(owner == msg.sender, NotSessionOwner(msg.sender, owner));
        } else {
            bytes32 structHash = keccak256(
                abi.encode(SpendingKeys.SPENDING_KEY_TYPEHASH, account, key, capPerEpochWei, totalCapWei, expires)
            );
            address recovered = ECDSA.recoverCalldata(_hashTypedDataV4(structHash), signature);
            require(recovered == owner, SignatureForeign(recovered, owner));
        }
        SpendingKeys.SpendingKey storage held = _keys[account][key];
        require(held.state == SpendingKeys.State.None, SpendingKeyExists(key));
        require(
            key != address(0) && expires > block.timestamp && expires <= type(uint56).max,
            SpendingKeyInvalid(key, expires)
        );
        held.capPerEpochWei = capPerEpochWei;
        held.totalCapWei = totalCapWei;
        held.expires = uint56(expires);
        held.state = SpendingKeys.State.Active;
        emit SpendingKeyAdded(account, key, capPerEpochWei, totalCapWei, expires);
    }

    /// @inheritdoc ISessionPayment
    function revokeSpendingKey(uint32 account, address key) external onlySessionOwner(account) {
        SpendingKeys.SpendingKey storage held = _keys[account][key];
        require(held.state == SpendingKeys.State.Active, SpendingKeyInactive(key));
        held.state = SpendingKeys.State.Revoked;
        if (held.expires > block.timestamp) held.expires = uint56(block.timestamp);
        emit SpendingKeyRevoked(account, key);
    }

    /* SETTLEMENT */

    /// @inheritdoc ISessionPayment
    function settle(
        address lane,
        bytes calldata debits,
        bytes calldata credits,
        bytes32 settlementRoot,
        bytes32 setCid,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 settlementId) {
        settlementId = keccak256(
            abi.encode(SETTLEMENT_TYPEHASH, lane, keccak256(debits), keccak256(credits), settlementRoot, setCid)
        );
        _checkAuthority(lane, settlementId, signature);

        uint256 debitedWei = _applyDebits(lane, debits);
        require(debitedWei != 0, SettlementEmpty());
        uint256 creditedWei = _applyCredits(credits);
        require(creditedWei <= debitedWei, CreditsAboveDebits(creditedWei, debitedWei));
        uint256 operatorWei = debitedWei - creditedWei;
        if (operatorWei != 0) creditOf[lane] += operatorWei;
        bytes32 head = keccak256(abi.encode(headOf[lane], settlementId));
        headOf[lane] = head;
        emit Settled(lane, settlementId, settlementRoot, setCid, head, debitedWei, operatorWei, debits, credits);
    }

    /// @inheritdoc ISessionPayment
    function withdraw(uint256 amountWei, address to) external nonReentrant {
        require(amountWei != 0, AmountZero());
        uint256 creditWei = creditOf[msg.sender];
        require(amountWei <= creditWei, CreditBelow(creditWei, amountWei));
        creditOf[msg.sender] = creditWei - amountWei;
        emit CreditWithdrawn(msg.sender, to, amountWei);
        cor.safeTransfer(to, amountWei);
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
        cor.safeTransfer(owner, refundWei);
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

    /// @inheritdoc ISessionPayment
    function spendingKeyOf(uint32 account, address key) external view returns (SpendingKeys.SpendingKey memory) {
        return _keys[account][key];
    }

    /// @inheritdoc ISessionPayment
    function currentEpoch() external view returns (uint256) {
        return (block.timestamp - t0) / epochSeconds;
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

    function _deposit(uint32 account, uint256 amountWei) internal {
        require(amountWei != 0, AmountZero());
        _ownerOf(account);
        Account storage held = _open(account);
        held.depositWei = (held.depositWei + amountWei).toUint96();
        emit Deposited(account, msg.sender, amountWei, held.depositWei);
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
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

    function _checkAuthority(address lane, bytes32 settlementId, bytes calldata signature) internal view {
        address signer =
            signature.length == 0 ? msg.sender : ECDSA.recoverCalldata(_hashTypedDataV4(settlementId), signature);
        require(signer == lane || routers.isRouterOf(signer, lane), SettlementUnauthorised(signer, lane));
    }

    function _applyDebits(address lane, bytes calldata packed) internal returns (uint256 debitedWei) {
        uint256 count = Debits.countPacked(packed);
        Debits.Debit memory debit;
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata signature = Debits.unpackInto(debit, packed, i);
            Lane storage line = _lanes[debit.account][lane];
            uint96 settledWei = line.cumulativeWei;
            uint96 allotmentWei = line.allotmentWei;
            uint32 settledCount = line.count;
            require(debit.cumulativeWei > settledWei, DebitStale(debit.account, debit.cumulativeWei, settledWei));
            require(
                debit.cumulativeWei <= allotmentWei,
                DebitAboveAllotment(debit.account, debit.cumulativeWei, allotmentWei)
            );
            require(debit.count >= settledCount, DebitCountFell(debit.account, debit.count, settledCount));
            line.cumulativeWei = debit.cumulativeWei;
            line.count = debit.count;

            uint256 deltaWei = debit.cumulativeWei - settledWei;
            debitedWei += deltaWei;
            address signer = ECDSA.recoverCalldata(_hashTypedDataV4(Debits.hashDebit(debit, lane)), signature);
            if (signer != sessions.ownerOf(debit.account)) {
                _keys[debit.account][signer].spend(signer, deltaWei, debit.epoch, t0, epochSeconds);
            }
        }
    }

    function _applyCredits(bytes calldata packed) internal returns (uint256 creditedWei) {
        uint256 count = Credits.countPacked(packed);
        for (uint256 i = 0; i < count; ++i) {
            (address payee, uint96 amountWei) = Credits.unpack(packed, i);
            require(payee != address(0), PayeeZero());
            creditOf[payee] += amountWei;
            creditedWei += amountWei;
        }
    }
}
