// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { DutyPay } from "../../src/l2/guards/DutyPay.sol";
import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

/// Roots that somebody has posted, as a test says.
contract PostedRoots {
    mapping(bytes32 key => bytes32 root) internal _roots;

    function set(uint64 subjectChainId, uint8 kind, uint64 epoch, bytes32 root) external {
        _roots[keccak256(abi.encode(subjectChainId, kind, epoch))] = root;
    }

    function rootOf(uint64 subjectChainId, uint8 kind, uint64 epoch) external view returns (bytes32) {
        return _roots[keccak256(abi.encode(subjectChainId, kind, epoch))];
    }
}

/// What SessionPayment does for one payee: it owes it what lanes credited. The real one isn't compiled without the IR pipeline.
contract PaymentBook {
    IERC20 public immutable cor;
    mapping(address lane => mapping(address payee => uint256)) public owedWei;

    constructor(IERC20 cor_) {
        cor = cor_;
    }

    function credit(address lane, address payee, uint256 amountWei) external {
        owedWei[lane][payee] += amountWei;
        cor.transferFrom(msg.sender, address(this), amountWei);
    }

    function withdraw(address payee, address[] calldata lanes, address to) external returns (uint256 amountWei) {
        require(msg.sender == payee, ISessionPayment.NotPayee(msg.sender, payee));
        for (uint256 i = 0; i < lanes.length; ++i) {
            amountWei += owedWei[lanes[i]][payee];
            owedWei[lanes[i]][payee] = 0;
        }
        require(amountWei != 0, ISessionPayment.NothingToWithdraw(payee));
        cor.transfer(to, amountWei);
    }
}

/// The fund, two validators of owners of their own, and roots of two leaves.
abstract contract PayNetwork is GuardNetwork {
    uint8 internal constant KIND = 6;
    address internal constant LANE = address(0x09E2);

    Cor internal cor;
    PaymentBook internal payment;
    PostedRoots internal posted;
    DutyPay internal pay;
    address internal ann;
    address internal ben;
    address internal annsOwner = ownerOf(1);
    address internal bensOwner = ownerOf(2);

    function setUp() public virtual override {
        super.setUp();
        cor = new Cor(address(this));
        payment = new PaymentBook(cor);
        cor.approve(address(payment), type(uint256).max);
        posted = new PostedRoots();
        pay = new DutyPay(ISessionPayment(address(payment)), IAttestations(address(posted)), registry);
        registerNode(1, 4);
        registerNode(2, 2);
        (ann, ben) = (guardOf(1), guardOf(2));
    }

    /* MAKERS */

    /// A settlement that takes the fund's counter up by so much.
    function creditFund(uint256 amountWei) internal {
        payment.credit(LANE, address(pay), amountWei);
    }

    function lanes() internal pure returns (address[] memory all) {
        all = new address[](1);
        all[0] = LANE;
    }

    function leafOf(address validator, uint96 earnedWei) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encodePacked(KIND, validator, earnedWei))));
    }

    function pairOf(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return left < right ? keccak256(abi.encode(left, right)) : keccak256(abi.encode(right, left));
    }

    /// The parts of a root of two leaves.
    function partsOf(uint64 epoch, uint96 annsWei, uint96 bensWei) internal view returns (EpochRoots.EpochRoot memory) {
        bytes32 merkleRoot = pairOf(leafOf(ann, annsWei), leafOf(ben, bensWei));
        return EpochRoots.EpochRoot({ fromEpoch: epoch, epoch: epoch, count: 2, merkleRoot: merkleRoot });
    }

    /// By hand, as docs/GUARDS.md has it.
    function rootOf(EpochRoots.EpochRoot memory parts) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                "root-v1", uint64(block.chainid), KIND, parts.fromEpoch, parts.epoch, parts.count, parts.merkleRoot
            )
        );
    }

    function post(uint64 epoch, uint96 annsWei, uint96 bensWei) internal returns (EpochRoots.EpochRoot memory parts) {
        parts = partsOf(epoch, annsWei, bensWei);
        posted.set(uint64(block.chainid), KIND, epoch, rootOf(parts));
    }

    /// A path of one sibling.
    function beside(address validator, uint96 earnedWei) internal pure returns (bytes32[] memory path) {
        path = new bytes32[](1);
        path[0] = leafOf(validator, earnedWei);
    }
}
