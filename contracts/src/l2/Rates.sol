// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IRates } from "../interfaces/IRates.sol";

/// @title Rates
contract Rates is IRates, Ownable2Step {
    using SafeCast for uint256;

    /// @notice A rate counts up to and including this age: a missed day of posting is seen, not served.
    uint256 public constant AGE_MAX_SECONDS = 1 days;
    /// @notice Least time between two posts: without it the bound on a change would bound nothing.
    uint256 public constant POST_INTERVAL_SECONDS = 1 hours;
    /// @notice Most that one post may move the rate, up or down.
    uint256 public constant CHANGE_BPS_MAX = 2_000;
    uint256 public constant WEI_PER_TOKEN_MIN = 1;
    /// @notice A million COR for one LLM token.
    uint256 public constant WEI_PER_TOKEN_MAX = 1e24;
    uint256 internal constant BPS = 10_000;

    /// @inheritdoc IRates
    address public poster;
    Rate internal _last;

    constructor(address owner, address poster_) Ownable(owner) {
        poster = poster_;
        emit PosterNamed(poster_);
    }

    /// @inheritdoc IRates
    function namePoster(address poster_) external onlyOwner {
        poster = poster_;
        emit PosterNamed(poster_);
    }

    /// @inheritdoc IRates
    function post(uint256 weiPerToken, bytes32 source) external {
        require(msg.sender == poster, NotPoster(msg.sender, poster));
        require(source != 0, SourceEmpty());
        require(
            weiPerToken >= WEI_PER_TOKEN_MIN && weiPerToken <= WEI_PER_TOKEN_MAX,
            RateOutOfRange(weiPerToken, WEI_PER_TOKEN_MIN, WEI_PER_TOKEN_MAX)
        );
        if (_last.postedAt != 0) _checkChange(weiPerToken);
        _last = Rate(weiPerToken.toUint96(), block.timestamp.toUint40(), source);
        emit RatePosted(weiPerToken, source, block.timestamp);
    }

    /// @inheritdoc IRates
    function rate() external view returns (uint256 weiPerToken) {
        require(_last.postedAt != 0, RateMissing());
        require(_isFresh(), RateStale(_last.postedAt, AGE_MAX_SECONDS));
        return _last.weiPerToken;
    }

    /// @inheritdoc IRates
    function latest() external view returns (Rate memory last, bool isFresh) {
        return (_last, _last.postedAt != 0 && _isFresh());
    }

    /* INTERNAL */

    /// The bounds are rounded away from the last rate, so that a rate of a few wei can still move by one.
    function _checkChange(uint256 weiPerToken) internal view {
        uint256 allowedAt = _last.postedAt + POST_INTERVAL_SECONDS;
        require(block.timestamp >= allowedAt, PostTooEarly(allowedAt));
        uint256 changeUp = Math.ceilDiv(_last.weiPerToken * CHANGE_BPS_MAX, BPS);
        uint256 minimum = _last.weiPerToken - changeUp;
        uint256 maximum = _last.weiPerToken + changeUp;
        require(weiPerToken >= minimum && weiPerToken <= maximum, RateChangeTooLarge(weiPerToken, minimum, maximum));
    }

    function _isFresh() internal view returns (bool) {
        return block.timestamp - _last.postedAt <= AGE_MAX_SECONDS;
    }
}
