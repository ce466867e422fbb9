// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IEquivocationSlash
/// @notice Takes all of the stake of an operator whose guard signed two roots where there may be one. Nobody has any power here: the proof
/// decides.
/// @dev The slasher of the vault. The finder's share goes to whoever sends the proof: one that is seen waiting can be sent by another first.
interface IEquivocationSlash {
    event EquivocationSlashed(
        address indexed guard, address indexed operator, address indexed finder, bytes32 offenceId, uint256 takenWei
    );

    error GuardUnknown(address guard);
    error JudgedAlready(bytes32 offenceId);
    error NothingAtStake(address operator);

    /// @notice Slashes the operator of a guard. Each (subject chain, kind, epoch) of a guard once, whatever pair of roots shows it.
    /// @param proof The 237 bytes that freeze it: see `Equivocations`.
    function slash(bytes calldata proof) external returns (uint256 takenWei);

    function isJudged(bytes32 offenceId) external view returns (bool);
}
