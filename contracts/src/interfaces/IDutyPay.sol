// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { EpochRoots } from "../libraries/EpochRoots.sol";
import { IAttestations } from "./IAttestations.sol";
import { IRouters } from "./IRouters.sol";
import { ISessionPayment } from "./ISessionPayment.sol";

/// @title IDutyPay
/// @notice The validators' part of all fees, paid out by what guards attest that each has earned. It has no owner, and nobody puts anything into
/// it but settlements: they credit it like any payee. What it holds leaves by `claim` alone.
/// @dev Guards attest one number for each validator, all that it ever earned, so one claim under the newest root pays everything that is due.
interface IDutyPay {
    event FeesCollected(address indexed by, uint256 amountWei);
    /// @param earnedWei All that the validator ever earned, as the epoch's root has it.
    event DutiesPaid(
        address indexed validator,
        address indexed to,
        address indexed by,
        uint64 epoch,
        uint256 amountWei,
        uint256 earnedWei
    );

    error RootForeign(uint64 epoch, bytes32 given, bytes32 posted);
    error EarnedUnproved(address validator, uint256 earnedWei);
    error NothingDue(address validator, uint256 earnedWei, uint256 paidWei);
    error ValidatorUnknown(address validator);

    /// @notice Takes in what lanes have credited to this contract. Anyone; nobody has to but for a claim that finds too little here.
    function collect(address[] calldata lanes) external returns (uint256 amountWei);

    /// @notice Pays a validator's owner what the validator has earned by an epoch's root, less what it was paid before. Anyone may claim for anyone;
    /// no hook is asked: what is owed leaves. An older root than the newest pays less, and nothing twice.
    /// @param earnedWei All that it ever earned, as the root's leaf says.
    /// @param root The parts of the root that is posted for `root.epoch`.
    /// @param path Siblings from the validator's leaf up.
    function claim(address validator, uint96 earnedWei, EpochRoots.EpochRoot calldata root, bytes32[] calldata path)
        external
        returns (uint256 amountWei);

    /// @notice What a validator was paid in all. It never falls.
    function paidWeiOf(address validator) external view returns (uint256);

    function cor() external view returns (IERC20);
    function payment() external view returns (ISessionPayment);
    function attestations() external view returns (IAttestations);
    function nodes() external view returns (IRouters);
}
