// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IVerifierList } from "../../src/interfaces/IVerifierList.sol";
import { Network } from "../support/Network.sol";

contract ListTest is Network {
    address internal verifier = address(0x7E41F);

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        verifiers.add(verifier);
        vm.prank(owner);
        verifiers.add(verifier);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        verifiers.remove(verifier);
    }

    function test_NamesAVerifierAndStrikesItOff() public {
        assertTrue(!verifiers.isVerifier(verifier), "not yet");
        expectEvent(address(verifiers));
        emit IVerifierList.VerifierAdded(verifier);
        vm.prank(owner);
        verifiers.add(verifier);
        assertTrue(verifiers.isVerifier(verifier), "counts");
        expectEvent(address(verifiers));
        emit IVerifierList.VerifierRemoved(verifier);
        vm.prank(owner);
        verifiers.remove(verifier);
        assertTrue(!verifiers.isVerifier(verifier), "no more");
    }

    function test_RevertWhen_ThereIsNothingToChange() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierList.VerifierZero.selector));
        vm.prank(owner);
        verifiers.add(address(0));
        vm.expectRevert(abi.encodeWithSelector(IVerifierList.VerifierUnknown.selector, verifier));
        vm.prank(owner);
        verifiers.remove(verifier);
        vm.prank(owner);
        verifiers.add(verifier);
        vm.expectRevert(abi.encodeWithSelector(IVerifierList.VerifierKnown.selector, verifier));
        vm.prank(owner);
        verifiers.add(verifier);
    }
}
