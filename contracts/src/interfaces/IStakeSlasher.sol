// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title IStakeSlasher
/// @notice Takes stakes, for two offences: all of an operator's whose guard signed two roots where there may be one, and what a jury's verdict
/// costs a miner's. Nobody has any power here: the proof decides of the one, and of the other the juries that are fixed at deployment.
/// @dev The slasher of the vault. The finder's share of an equivocation goes to whoever sends the proof: one that is seen waiting can be sent by
/// another first.
interface IStakeSlasher is IReceiver {
    event EquivocationSlashed(
        address indexed guard, address indexed operator, address indexed finder, bytes32 offenceId, uint256 takenWei
    );
    /// A verdict was carried out; `takenWei` is what was there to take.
    event VerdictSlashed(
        address indexed miner, address indexed operator, address indexed finder, bytes32 offenceId, uint256 takenWei
    );

    error GuardUnknown(address guard);
    error JudgedAlready(bytes32 offenceId);
    error NothingAtStake(address operator);
    error NotMessenger(address caller);
    error NotJuries(uint64 chainId, address from);

    /// @notice Slashes the operator of a guard. Each (subject chain, kind, epoch) of a guard once, whatever pair of roots shows it.
    /// @param proof The 237 bytes that freeze it: see `Equivocations`.
    function slash(bytes calldata proof) external returns (uint256 takenWei);

    function isJudged(bytes32 offenceId) external view returns (bool);

    /// @notice What names the offence that a dispute ended with.
    function verdictIdOf(uint64 number) external view returns (bytes32 offenceId);
}
