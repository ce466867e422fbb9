// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IEquivocationSlash } from "../interfaces/IEquivocationSlash.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { IStakeVault } from "../interfaces/IStakeVault.sol";
import { Equivocations } from "../libraries/Equivocations.sol";
import { Offences } from "../libraries/Offences.sol";

/// @title EquivocationSlash
contract EquivocationSlash is IEquivocationSlash {
    ERC20Burnable public immutable cor;
    IStakeVault public immutable vault;
    IRouters public immutable registry;
    /// @notice Chain and address of the attestations whose guards answer here.
    uint64 public immutable guardsChainId;
    address public immutable guards;

    /// @inheritdoc IEquivocationSlash
    mapping(bytes32 offenceId => bool) public isJudged;

    constructor(ERC20Burnable cor_, IStakeVault vault_, IRouters registry_, uint64 guardsChainId_, address guards_) {
        cor = cor_;
        vault = vault_;
        registry = registry_;
        guardsChainId = guardsChainId_;
        guards = guards_;
    }

    /// @inheritdoc IEquivocationSlash
    function slash(bytes calldata proof) external returns (uint256 takenWei) {
        (Equivocations.Proof memory shown, address guard) = Equivocations.open(proof, guardsChainId, guards);
        bytes32 offenceId = Equivocations.offenceId(shown, guard);
        require(!isJudged[offenceId], JudgedAlready(offenceId));
        address operator = registry.ownerOf(guard);
        require(operator != address(0), GuardUnknown(guard));
        uint256 penaltyWei = Offences.penaltyWeiUp(Offences.Offence.Equivocation, 0, vault.stakeOf(operator).heldWei);

        isJudged[offenceId] = true;
        takenWei = vault.slash(operator, penaltyWei, address(this));
        require(takenWei != 0, NothingAtStake(operator));
        emit EquivocationSlashed(guard, operator, msg.sender, offenceId, takenWei);
        Offences.distribute(cor, Offences.Offence.Equivocation, takenWei, msg.sender, address(0));
    }
}
