// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ISlashable
/// @notice Money at stake that one module, the slasher, may take.
/// @dev Owner powers, all of them: name the first slasher at once; name another one, which holds only after
/// `slasherDelaySeconds`. That is longer than it takes to leave, so nobody is judged by a slasher they could not refuse.
interface ISlashable {
    event SlasherProposed(address indexed slasher, uint256 holdsFrom);
    event SlasherChanged(address indexed slasher);
    event Slashed(address indexed operator, uint256 takenWei, address indexed to);

    error NotSlasher(address caller);
    error SlasherUnchanged(address slasher);
    error SlasherTooEarly(uint256 holdsFrom);
    error NoSlasherProposed();

    /// @notice Takes up to `amountWei` of an operator's money, also such as is on its way out, and sends it to `to`.
    /// @dev Only the slasher.
    /// @return takenWei What was there to take.
    function slash(address operator, uint256 amountWei, address to) external returns (uint256 takenWei);

    /// @notice Names a slasher. Only the owner. At once when there is none yet, else `acceptSlasher` after the delay.
    function proposeSlasher(address slasher) external;

    /// @notice Puts the proposed slasher in force. Anyone, from `holdsFrom` on (inclusive).
    function acceptSlasher() external;

    function slasher() external view returns (address);
}
