// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICorVault } from "../../src/interfaces/ICorVault.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { CorVault } from "../../src/l1/CorVault.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { BridgedCor } from "../../src/l2/BridgedCor.sol";
import { LayerLink } from "./LayerLink.sol";

/// COR on the L1, its vault there and what is COR on the L2.
abstract contract CorLayers is LayerLink {
    Cor internal cor = new Cor(address(this));
    CorVault internal vault;
    BridgedCor internal bridged;
    address internal alice = address(0xA11CE);

    function makeLayers() internal {
        makeLink();
        vault = CorVault(maker.addressOf("vault"));
        bridged = BridgedCor(maker.addressOf("cor"));
        CorVault.Parts memory parts = CorVault.Parts({
            cor: cor,
            messenger: down,
            childChainId: L2,
            childCor: address(bridged),
            compliance: new NoCompliance(),
            pause: pause
        });
        onL1();
        make("vault", abi.encodePacked(type(CorVault).creationCode, abi.encode(parts)));
        onL2();
        make("cor", abi.encodePacked(type(BridgedCor).creationCode, abi.encode(up, L1, vault)));
        onL1();
        cor.approve(address(vault), type(uint256).max);
    }
}
