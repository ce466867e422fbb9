// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IOnboarding } from "../interfaces/IOnboarding.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { ISessions } from "../interfaces/ISessions.sol";
import { ISignedTransfers } from "../interfaces/ISignedTransfers.sol";
import { Callbacks } from "../libraries/Callbacks.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Orders } from "../libraries/Orders.sol";
import { Purse } from "./Purse.sol";

/// @title Onboarding
contract Onboarding is IOnboarding, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Parts {
        IERC20 cor;
        ISessions sessions;
        ISessionPayment payment;
        IComplianceHook compliance;
    }

    struct Outcome {
        State state;
        uint32 account;
    }

    /// @notice For a session with the longest name and metadata, its deposit, allotment and key.
    uint256 public constant OPEN_GAS = 1_800_000;

    IERC20 public immutable cor;
    /// @inheritdoc IOnboarding
    ISessions public immutable sessions;
    ISessionPayment public immutable payment;
    IComplianceHook public immutable compliance;
    /// @notice What every purse is a clone of.
    Purse public immutable firstPurse;

    mapping(bytes32 digest => Outcome) internal _outcomes;

    constructor(Parts memory parts) {
        cor = parts.cor;
        sessions = parts.sessions;
        payment = parts.payment;
        compliance = parts.compliance;
        // The first that this contract makes: other chains compute where it stands.
        firstPurse = new Purse();
    }

    /* HERE */

    /// @inheritdoc IOnboarding
    function onboard(Orders.Order calldata order, bytes calldata signature, uint256 feeWei)
        external
        nonReentrant
        returns (uint32 account)
    {
        bytes32 digest = _require(order);
        Orders.Transfer calldata transfer = order.transfer;
        bool isOurs = order.source.chainId == block.chainid && order.source.cor == address(cor)
            && transfer.taker == address(this);
        require(isOurs, OrderForeign(digest));
        require(feeWei <= order.terms.feeMaxWei, FeeAbove(feeWei, order.terms.feeMaxWei));
        require(feeWei == 0 || msg.sender == order.terms.sponsor, NotSponsor(msg.sender, order.terms.sponsor));
        ISignedTransfers(address(cor))
            .takeSigned(
                transfer.from,
                transfer.amountWei,
                transfer.nonce,
                transfer.deadline,
                string(Orders.purposeType()),
                Orders.hashTerms(order.terms),
                signature
            );
        if (feeWei != 0) cor.safeTransfer(msg.sender, feeWei);
        account = _openSession(digest, transfer.from, order.terms, transfer.amountWei - feeWei);
    }

    /* FROM ANOTHER CHAIN */

    /// @inheritdoc IOnboarding
    function open(Orders.Order calldata order, bytes calldata signature)
        external
        nonReentrant
        returns (uint32 account)
    {
        bytes32 digest = _require(order);
        address owner = order.transfer.from;
        address recovered = ECDSA.recoverCalldata(digest, signature);
        require(recovered == owner, OrderUnsigned(recovered, owner));
        uint256 leastWei = order.transfer.amountWei.saturatingSub(order.terms.feeMaxWei);
        uint256 amountWei = cor.balanceOf(purseOf(digest));
        require(amountWei != 0 && amountWei >= leastWei, PurseShort(amountWei, leastWei));

        _empty(digest, address(this));
        bytes memory call = abi.encodeCall(this.openSession, (digest, owner, order.terms, amountWei));
        if (Callbacks.callBounded(address(this), OPEN_GAS, call)) return _outcomes[digest].account;
        _outcomes[digest].state = State.PaidOut;
        emit OrderPaidOut(digest, owner, amountWei);
        cor.safeTransfer(owner, amountWei);
    }

    /// @inheritdoc IOnboarding
    function release(Orders.Order calldata order) external nonReentrant returns (uint256 amountWei) {
        bytes32 digest = Orders.digestOf(order);
        address owner = order.transfer.from;
        if (_outcomes[digest].state == State.None) {
            require(msg.sender == owner, NotOwner(msg.sender, owner));
            _outcomes[digest].state = State.PaidOut;
        }
        amountWei = _empty(digest, owner);
        emit OrderPaidOut(digest, owner, amountWei);
    }

    /// @inheritdoc IOnboarding
    function openSession(bytes32 digest, address owner, Orders.Terms calldata terms, uint256 amountWei) external {
        require(msg.sender == address(this), NotSelf(msg.sender));
        _openSession(digest, owner, terms, amountWei);
    }

    /* VIEWS */

    /// @inheritdoc IOnboarding
    function stateOf(bytes32 digest) external view returns (State) {
        return _outcomes[digest].state;
    }

    /// @inheritdoc IOnboarding
    function accountOf(bytes32 digest) external view returns (uint32) {
        return _outcomes[digest].account;
    }

    /// @inheritdoc IOnboarding
    function digestOf(Orders.Order calldata order) external pure returns (bytes32) {
        return Orders.digestOf(order);
    }

    /// @inheritdoc IOnboarding
    function purseOf(bytes32 digest) public view returns (address) {
        return Clones.predictDeterministicAddress(address(firstPurse), digest, address(this));
    }

    /* INTERNAL */

    /// An order for this contract that isn't done.
    function _require(Orders.Order calldata order) internal view returns (bytes32 digest) {
        digest = Orders.digestOf(order);
        bool isHere = order.terms.toChainId == block.chainid && order.terms.onboarding == address(this);
        require(isHere, OrderForeign(digest));
        State state = _outcomes[digest].state;
        require(state == State.None, OrderDone(digest, state));
    }

    function _empty(bytes32 digest, address to) internal returns (uint256) {
        address purse = purseOf(digest);
        if (purse.code.length == 0) Clones.cloneDeterministic(address(firstPurse), digest);
        return Purse(purse).empty(cor, to);
    }

    /// Opens it as its own, makes it what was signed, and hands it over.
    function _openSession(bytes32 digest, address owner, Orders.Terms calldata terms, uint256 amountWei)
        internal
        returns (uint32 account)
    {
        Hooks.requireAllowed(compliance, owner);
        (account,) = sessions.create(terms.session);
        cor.forceApprove(address(payment), amountWei);
        payment.deposit(account, amountWei);
        if (terms.router != address(0)) payment.setAllotment(account, terms.router, amountWei.toUint96());
        if (terms.key != address(0)) {
            payment.addSpendingKey(account, terms.key, terms.capPerEpochWei, terms.totalCapWei, terms.expires, "");
        }
        sessions.handOver(account, owner);
        _outcomes[digest] = Outcome(State.Opened, account);
        emit OrderOpened(digest, owner, account, amountWei);
    }
}
