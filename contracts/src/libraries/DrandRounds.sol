// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title DrandRounds
/// @notice Rounds of a drand network of the scheme `bls-unchained-g1-rfc9380`: which one is due, whether it is signed, and its randomness. Points
/// are as EIP-2537 has them: a coordinate is 64 bytes, the first 16 of them zero. `packages/protocol` has the same, bound by `vectors/drand.json`.
/// @dev Takes the precompiles of EIP-2537. A chain without them answers nothing, and nothing counts as signed there.
library DrandRounds {
    /// A drand network.
    struct Network {
        /// 256 bytes, a point of G2: x then y, of each c0 then c1. Empty for no network.
        bytes publicKey;
        /// When its first round was published, in seconds.
        uint64 genesis;
        uint64 periodSeconds;
    }

    /// A point of G1: what a round is signed with. A coordinate's first 32 bytes, then its last.
    struct Signature {
        uint256 xHigh;
        uint256 xLow;
        uint256 yHigh;
        uint256 yLow;
    }

    /// @notice Bytes of a public key.
    uint256 internal constant KEY_BYTES = 256;

    address private constant MODEXP = address(0x05);
    address private constant G1_ADD = address(0x0b);
    address private constant PAIRING_CHECK = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    string private constant DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
    /// Bytes that are expanded: 64 for each of two field elements.
    uint16 private constant EXPANDED_BYTES = 128;
    uint256 private constant FIELD_BYTES = 64;
    uint256 private constant POINT_BYTES = 128;

    /// The field's order p, and (p − 1) ÷ 2.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;
    /// Bits of a point's compressed form: that it is compressed, and that y is the larger one.
    uint256 private constant COMPRESSED = 0x80 << 120;
    uint256 private constant LARGER = 0x20 << 120;

    /// The generator of G2, negated.
    bytes private constant G2_NEGATED =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// This chain has no precompiles for the curve.
    error CurveUnsupported();

    /// @notice The first round that is published at or after a time.
    function dueAt(uint256 time, uint64 genesis, uint64 periodSeconds) internal pure returns (uint64) {
        return time <= genesis ? 1 : uint64(Math.ceilDiv(time - genesis, periodSeconds)) + 1;
    }

    /// @notice Whether a network has signed a round: `e(signature, −G2) × e(H(sha256(round u64)), key) = 1`. The precompile refuses what isn't on
    /// the curve or in its group of prime order.
    function isSigned(bytes memory publicKey, uint64 round, Signature memory signature) internal view returns (bool) {
        if (!_isInField(signature.xHigh, signature.xLow) || !_isInField(signature.yHigh, signature.yLow)) return false;
        // The point at infinity signs whatever one likes for a key at infinity.
        if (signature.xHigh | signature.xLow | signature.yHigh | signature.yLow == 0) return false;
        bytes memory hashed = _hashToCurve(sha256(abi.encodePacked(round)));
        bytes memory pairs = bytes.concat(abi.encode(signature), G2_NEGATED, hashed, publicKey);
        (bool isTaken, bytes memory answer) = PAIRING_CHECK.staticcall(pairs);
        return isTaken && answer.length == 32 && uint256(bytes32(answer)) == 1;
    }

    /// @notice A round's randomness: `sha256` of its signature's compressed form. Only of a signature that is one.
    function randomnessOf(Signature memory signature) internal pure returns (bytes32) {
        (uint256 high, uint256 low) = (signature.yHigh, signature.yLow);
        bool isLarger = high > HALF_HIGH || (high == HALF_HIGH && low > HALF_LOW);
        uint256 head = signature.xHigh | COMPRESSED | (isLarger ? LARGER : 0);
        return sha256(abi.encodePacked(uint128(head), signature.xLow));
    }

    function _isInField(uint256 high, uint256 low) private pure returns (bool) {
        return high < P_HIGH || (high == P_HIGH && low < P_LOW);
    }

    /// RFC 9380, `hash_to_curve` of G1: two field elements, each mapped, summed.
    function _hashToCurve(bytes32 message) private view returns (bytes memory) {
        bytes memory tail = abi.encodePacked(DOMAIN, uint8(bytes(DOMAIN).length));
        bytes32 zeroth = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, EXPANDED_BYTES, uint8(0), tail));
        bytes32 first = sha256(abi.encodePacked(zeroth, uint8(1), tail));
        bytes32 second = sha256(abi.encodePacked(zeroth ^ first, uint8(2), tail));
        bytes32 third = sha256(abi.encodePacked(zeroth ^ second, uint8(3), tail));
        bytes32 fourth = sha256(abi.encodePacked(zeroth ^ third, uint8(4), tail));
        return _ask(G1_ADD, bytes.concat(_map(first, second), _map(third, fourth)), POINT_BYTES);
    }

    /// A point of the group of prime order for 64 bytes, as a number modulo p.
    function _map(bytes32 high, bytes32 low) private view returns (bytes memory) {
        bytes memory power = abi.encodePacked(FIELD_BYTES, uint256(1), FIELD_BYTES, high, low, uint8(1), P_HIGH, P_LOW);
        return _ask(MAP_FP_TO_G1, _ask(MODEXP, power, FIELD_BYTES), POINT_BYTES);
    }

    function _ask(address precompile, bytes memory data, uint256 answerBytes) private view returns (bytes memory) {
        (bool isTaken, bytes memory answer) = precompile.staticcall(data);
        require(isTaken && answer.length == answerBytes, CurveUnsupported());
        return answer;
    }
}
