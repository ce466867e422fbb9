// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";
import { SpendingKeys } from "../../libraries/SpendingKeys.sol";
import { Accounts } from "./Accounts.sol";

/// @title Keys
/// @notice SessionPayment's spending keys, and the time that their caps count in.
abstract contract Keys is Accounts, EIP712 {
    using SpendingKeys for SpendingKeys.SpendingKey;

    /// @notice Chain time at which epoch 0 began, and an epoch's length, in seconds.
    uint256 public immutable t0;
    uint256 public immutable epochSeconds;

    mapping(uint32 account => mapping(address key => SpendingKeys.SpendingKey)) internal _keys;

    constructor(uint256 t0_, uint256 epochSeconds_) EIP712("Cortensor", "1") {
        require(epochSeconds_ != 0, EpochSecondsZero());
        t0 = t0_;
        epochSeconds = epochSeconds_;
    }

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

    /// @inheritdoc ISessionPayment
    function spendingKeyOf(uint32 account, address key) external view returns (SpendingKeys.SpendingKey memory) {
        return _keys[account][key];
    }

    /// @inheritdoc ISessionPayment
    function currentEpoch() public view returns (uint256) {
        return (block.timestamp - t0) / epochSeconds;
    }

    /// Counts what somebody else than the session's owner signed against its key.
    function _spend(uint32 account, address signer, uint256 deltaWei, uint64 epoch) internal {
        _keys[account][signer].spend(signer, deltaWei, epoch, t0, epochSeconds);
    }
}
