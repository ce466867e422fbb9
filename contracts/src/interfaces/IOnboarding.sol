// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Orders } from "../libraries/Orders.sol";
import { ISessions } from "./ISessions.sol";

/// @title IOnboarding
/// @notice Opens, on the serving chain, the session that a wallet signed for on this chain or on another: deposit, allotment, spending
/// key and all, without a transaction of the wallet's.
/// @dev Nobody owns this contract. What an order may do rests on its owner's signature alone, which is checked here, wherever the coins
/// came from: no messenger, bridge or guard can open a session for anybody. What it has to spend is what lies in the order's purse.
interface IOnboarding {
    enum State {
        None,
        Opened,
        /// Its session couldn't be opened: the owner has the coins.
        PaidOut
    }

    event OrderOpened(bytes32 indexed digest, address indexed owner, uint32 indexed account, uint256 amountWei);
    event OrderPaidOut(bytes32 indexed digest, address indexed owner, uint256 amountWei);

    /// @notice Meant for another chain or contract, or signed under another token.
    error OrderForeign(bytes32 digest);
    error OrderDone(bytes32 digest, State state);
    error OrderUnsigned(address recovered, address owner);
    /// @notice Its coins aren't all there yet.
    error PurseShort(uint256 hereWei, uint256 leastWei);
    error FeeAbove(uint256 feeWei, uint256 feeMaxWei);
    error NotSponsor(address caller, address sponsor);
    error NotOwner(address caller, address owner);
    error NotSelf(address caller);

    /// @notice Opens the session of an order that was signed for COR on this chain. Moves nothing where that fails.
    /// @param feeWei What the caller keeps of it: within the order's bound, and nothing unless it is the order's sponsor.
    function onboard(Orders.Order calldata order, bytes calldata signature, uint256 feeWei)
        external
        returns (uint32 account);

    /// @notice Opens the session of an order whose coins came here from another chain. Anyone, once all are there; a session that can't be
    /// opened leaves the coins with the order's owner.
    /// @return account Zero where it couldn't be opened.
    function open(Orders.Order calldata order, bytes calldata signature) external returns (uint32 account);

    /// @notice Pays what lies in an order's purse to its owner: anyone once the order is done, before that its owner alone.
    function release(Orders.Order calldata order) external returns (uint256 amountWei);

    /// @notice What is done once an order's coins are here. This contract alone.
    function openSession(bytes32 digest, address owner, Orders.Terms calldata terms, uint256 amountWei) external;

    function sessions() external view returns (ISessions);
    function stateOf(bytes32 digest) external view returns (State);
    /// @notice The session that an order opened; zero for none.
    function accountOf(bytes32 digest) external view returns (uint32);
    function digestOf(Orders.Order calldata order) external pure returns (bytes32);
    function purseOf(bytes32 digest) external view returns (address);
}
