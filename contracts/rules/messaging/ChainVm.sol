// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The cheat codes by which one machine plays two chains.
interface ChainVm {
    function chainId(uint256 id) external;
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function deal(address account, uint256 valueWei) external;
}
