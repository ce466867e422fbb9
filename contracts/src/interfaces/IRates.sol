// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IRates
/// @notice What one LLM token is worth in COR: posted with its source, and of no use when it is old.
/// @dev Owner powers, all of them: name the poster. The poster's power is bounded by `CHANGE_BPS_MAX` per
/// `POST_INTERVAL_SECONDS`. No contract pays by this rate: prices, holds and debits are in COR.
interface IRates {
    struct Rate {
        /// Wei of COR per LLM token.
        uint96 weiPerToken;
        /// Zero while nothing was posted.
        uint40 postedAt;
        /// Where it was read: text of at most 32 bytes, left aligned.
        bytes32 source;
    }

    event PosterNamed(address indexed poster);
    event RatePosted(uint256 weiPerToken, bytes32 indexed source, uint256 postedAt);

    error NotPoster(address caller, address poster);
    error SourceEmpty();
    error RateOutOfRange(uint256 weiPerToken, uint256 minimum, uint256 maximum);
    error RateChangeTooLarge(uint256 weiPerToken, uint256 minimum, uint256 maximum);
    error PostTooEarly(uint256 allowedAt);
    error RateMissing();
    error RateStale(uint256 postedAt, uint256 ageMaxSeconds);

    /// @notice Names who may post, in place of whoever was named before. Only the owner; zero stops posting.
    function namePoster(address poster) external;

    /// @notice Replaces the rate. Only the poster, at most once per interval (the end is inclusive), within bounds of the last rate.
    /// @param weiPerToken Wei of COR per LLM token. The first rate may be any in range.
    /// @param source Where it was read; not empty.
    function post(uint256 weiPerToken, bytes32 source) external;

    /// @notice The rate in force. Reverts `RateMissing` before the first post, and `RateStale` above the age bound.
    function rate() external view returns (uint256 weiPerToken);

    /// @notice The last rate and whether it is in force, whatever its age.
    function latest() external view returns (Rate memory last, bool isFresh);

    function poster() external view returns (address);
}
