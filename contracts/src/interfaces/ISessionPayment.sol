// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Credits } from "../libraries/Credits.sol";
import { SpendingKeys } from "../libraries/SpendingKeys.sol";

/// @title ISessionPayment
/// @notice Deposits of sessions, what each router operator's lane may spend of them, settlement, and who is owed what.
/// @dev Nobody owns this contract. What always holds, in wei:
/// - its COR = Σ over accounts (deposit − Σ cumulative of its lanes) + Σ (credited − withdrawn) + Σ operators' earnings that
///   weren't withdrawn or frozen (+ what was sent to it by mistake);
/// - for each account, Σ allotments = allotted ≤ deposit; for each lane, cumulative ≤ allotment, and it never falls;
/// - each settlement gives out exactly what it debits: payees' raises + the operator's part = Σ deltas.
///
/// A payee's credit is a counter per lane, as a debit is the client's: a settlement names how far it goes, not a step. So a
/// settlement, a claim and an operator's own payment for the same promise can come in any order, and it is paid once.
///
/// The split of a fee between miners, validators, router and treasury is computed off chain and arrives as credits: a
/// settlement mixes session classes, and receipts and credit notes, not this contract, say what a task pays. What is enforced
/// here is that nothing is credited which was not debited, and that no wei is left over.
///
/// Warning: a settlement is authorised by the lane's operator, who is trusted by payees only as far as receipts, and
/// the bond behind them, reach. Who is paid for a task is decided there, not here.
/// Warning: the token must move exactly what it is told to; what arrives short is refused.
interface ISessionPayment {
    struct Account {
        /// Ever deposited or credited by operators, less what was refunded.
        uint96 depositWei;
        /// Σ allotments of its lanes.
        uint96 allottedWei;
        /// From when (inclusive) the account may be finalised; 0 while open.
        uint56 closeAt;
        /// Every lane is cut to what it spent, and the rest was refunded.
        bool closed;
    }

    struct Lane {
        uint96 allotmentWei;
        uint96 cumulativeWei;
        /// Receipts under the last settled debit.
        uint32 count;
        /// Is in the account's list of lanes.
        bool known;
    }

    struct Lowering {
        uint96 toWei;
        /// From when (inclusive) it may be applied; 0 when none waits.
        uint64 at;
    }

    event Deposited(uint32 indexed account, address indexed from, uint256 amountWei, uint256 depositWei);
    event Refunded(uint32 indexed account, address indexed to, uint256 amountWei);
    event AllotmentChanged(uint32 indexed account, address indexed lane, uint256 allotmentWei);
    event AllotmentLowering(uint32 indexed account, address indexed lane, uint256 toWei, uint256 at);
    event SpendingKeyAdded(
        uint32 indexed account, address indexed key, uint256 capPerEpochWei, uint256 totalCapWei, uint256 expires
    );
    event SpendingKeyRevoked(uint32 indexed account, address indexed key);
    event CloseRequested(uint32 indexed account, uint256 closeAt);
    event Closed(uint32 indexed account, uint256 refundWei);
    /// Everything an auditor needs: `debits` and `credits` as they were given.
    event Settled(
        address indexed lane,
        bytes32 indexed settlementId,
        bytes32 indexed settlementRoot,
        bytes32 setCid,
        bytes32 head,
        uint256 debitedWei,
        uint256 operatorWei,
        bytes debits,
        bytes credits
    );
    event CreditRaised(
        address indexed lane, address indexed payee, address indexed from, uint256 raisedWei, uint256 creditedWei
    );
    event CreditWithdrawn(address indexed lane, address indexed payee, address indexed to, uint256 amountWei);
    event EarningsWithdrawn(address indexed lane, address indexed to, uint256 amountWei);
    event MaturingFrozen(address indexed lane, uint256 frozenWei);
    event SessionCredited(
        uint32 indexed account,
        address indexed lane,
        bytes32 indexed reason,
        uint256 epoch,
        address from,
        uint256 amountWei,
        uint256 depositWei
    );

    error AmountZero();
    error AccountUnknown(uint32 account);
    error NotSessionOwner(address caller, address owner);
    error AccountClosing(uint32 account, uint256 closeAt);
    error AccountNotClosing(uint32 account);
    error AlreadyClosed(uint32 account);
    error CloseTooEarly(uint256 closeAt);
    error AllotmentAboveDeposit(uint256 allottedWei, uint256 depositWei);
    error DepositBelow(uint256 freeWei, uint256 askedWei);
    error TooManyLanes(uint256 maximum);
    error LaneZero();
    error NothingLowering(uint32 account, address lane);
    error LoweringTooEarly(uint256 at);
    error SpendingKeyExists(address key);
    error SpendingKeyInactive(address key);
    error SpendingKeyInvalid(address key, uint256 expires);
    error SignatureForeign(address recovered, address expected);
    error SettlementUnauthorised(address signer, address lane);
    error SettlementEmpty();
    error DebitStale(uint32 account, uint256 cumulativeWei, uint256 settledWei);
    error DebitAboveAllotment(uint32 account, uint256 cumulativeWei, uint256 allotmentWei);
    error DebitCountFell(uint32 account, uint256 count, uint256 settledCount);
    error CreditsAboveDebits(uint256 creditedWei, uint256 availableWei);
    error CreditNotRaised(uint256 creditedWei, uint256 cumulativeWei);
    error NotPayee(address caller, address payee);
    error NothingToWithdraw(address party);
    error NotSetChallenges(address caller);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);
    error EpochSecondsZero();
    error SessionCreditUnauthorised(address caller, address lane);
    error SessionCreditRepeated(uint32 account, address lane, uint256 epoch, bytes32 reason);
    error LaneUnknown(uint32 account, address lane);
    error EpochAhead(uint256 epoch, uint256 currentEpoch);

    /// @notice Adds the caller's COR to an open account. Anyone whom, with the session's owner, the compliance hook allows,
    /// while the pause hook lets it; it belongs to the session's owner from then on.
    function deposit(uint32 account, uint256 amountWei) external;

    /// @notice The same with an ERC-2612 permit of the caller. A permit that was used already is no error.
    function depositWithPermit(uint32 account, uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;

    /// @notice Pays out what no lane may spend. Only the session's owner.
    function withdrawUnallotted(uint32 account, uint256 amountWei) external;

    /// @notice Sets what a lane may spend in all. Raised at once, if the hooks agree; a lower amount waits 24 hours for
    /// `applyAllotment`. Only the session's owner; at most 16 lanes an account.
    function setAllotment(uint32 account, address lane, uint96 allotmentWei) external;

    /// @notice Puts a lowered allotment in force: at least what was spent. Anyone, from `at` on (inclusive).
    function applyAllotment(uint32 account, address lane) external;

    /// @notice Lets `key`, held by a router, sign debits of the account within caps. A key is added once per account.
    /// @param expires Epochs that begin before this second may be spent in.
    /// @param signature Empty when the caller is the session's owner; else the owner's EIP-712
    /// `SpendingKey(uint32 account,address key,uint96 capPerEpochWei,uint96 totalCapWei,uint64 expires)`.
    function addSpendingKey(
        uint32 account,
        address key,
        uint96 capPerEpochWei,
        uint96 totalCapWei,
        uint64 expires,
        bytes calldata signature
    ) external;

    /// @notice Ends a key with the running epoch: what was served in it may still be settled, within its caps.
    /// Only the session's owner.
    function revokeSpendingKey(uint32 account, address key) external;

    /// @notice Moves what clients signed to whom it is owed. Anyone may send it.
    /// @param lane The router operator whose lane it is.
    /// @param debits Packed as `Debits` says, each signed by the session's owner or a spending key.
    /// @param credits Packed as `Credits` says: how far each payee's counter goes. One that isn't higher moves nothing.
    /// Σ raises ≤ Σ deltas; the rest is the operator's, and matures.
    /// @param settlementRoot Merkle root of the settlement set.
    /// @param setCid Digest under which that set is published.
    /// @param signature Empty when the caller is the operator or a router of it; else the EIP-712
    /// `Settlement(address lane,bytes32 debitsHash,bytes32 creditsHash,bytes32 settlementRoot,bytes32 setCid)` of one.
    /// @return settlementId Struct hash of that statement. The same settlement cannot be made twice: its debits are stale.
    function settle(
        address lane,
        bytes calldata debits,
        bytes calldata credits,
        bytes32 settlementRoot,
        bytes32 setCid,
        bytes calldata signature
    ) external returns (bytes32 settlementId);

    /// @notice Raises a payee's credit in a lane to `cumulativeWei`, with the caller's COR. Anyone. Refused when it isn't higher.
    function raiseCredit(address lane, address payee, uint96 cumulativeWei) external returns (uint256 raisedWei);

    /// @notice Pays out all that these lanes credited to a payee. Only the payee, or the registered operator of the node that
    /// signs with that address.
    function withdraw(address payee, address[] calldata lanes, address to) external returns (uint256 amountWei);

    /// @notice Pays out all that has matured of the caller's own part of its lane's settlements.
    function withdrawMatured(address to) external returns (uint256 amountWei);

    /// @notice Takes what has not matured of a lane from its operator, and sends it to the caller. Only `setChallenges`.
    function freezeMaturing(address lane) external returns (uint256 frozenWei);

    /// @notice Gives a session back, out of the caller's COR, what the operator of a lane owes it for a broken promise or a task that
    /// was cut. Deposit and the lane's allotment rise by it, so that it can be spent at once; of an account that closes, the deposit
    /// alone. Only the lane's operator or a registered router of it, and once for each account, epoch and reason. No hook is asked:
    /// what is owed comes back.
    /// @param epoch The epoch that it is for: at most the current one.
    /// @param reason A short word, left-aligned: `sla`, `cut`.
    function creditSession(address lane, uint32 account, uint96 amountWei, uint64 epoch, bytes32 reason) external;

    /// @notice Starts the client's way out, which needs nobody else. Only the session's owner.
    function requestClose(uint32 account) external returns (uint256 closeAt);

    /// @notice Cuts every lane to what it spent and pays the rest to the owner. Anyone, from `closeAt` on (inclusive).
    function finaliseClose(uint32 account) external returns (uint256 refundWei);

    function cor() external view returns (IERC20);
    function accountOf(uint32 account) external view returns (Account memory);
    function laneOf(uint32 account, address lane) external view returns (Lane memory);
    function loweringOf(uint32 account, address lane) external view returns (Lowering memory);
    function lanesOf(uint32 account) external view returns (address[] memory);
    function spendingKeyOf(uint32 account, address key) external view returns (SpendingKeys.SpendingKey memory);

    /// @notice How far a payee's counter goes in a lane, and how much of it was withdrawn.
    function creditOf(address lane, address payee) external view returns (Credits.Credit memory);

    /// @notice The operator's part of its settlements that wasn't withdrawn: what may be, and what still waits. Each amount
    /// waits 24 to 48 hours.
    function earningsOf(address lane) external view returns (uint256 maturedWei, uint256 maturingWei);

    /// @notice What a lane's operator gave a session back for an epoch and a reason; 0 when it hasn't.
    function sessionCreditOf(address lane, uint32 account, uint64 epoch, bytes32 reason)
        external
        view
        returns (uint256 amountWei);

    /// @notice The one module that may freeze what matures.
    function setChallenges() external view returns (address);

    /// @notice Chains an operator's settlements: keccak256(previous head, settlement id, its block's time in seconds). Zero
    /// before the first.
    function headOf(address lane) external view returns (bytes32);

    /// @notice The epoch of the chain's time.
    function currentEpoch() external view returns (uint256);
}
