// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Claims
/// @notice The lowest tickets of a draw, so many at most. Anyone puts candidates in; a lower ticket displaces the highest. So whoever was
/// put in, and is among the lowest, is drawn: nothing is taken on anyone's word.
library Claims {
    struct Claim {
        /// Leading 96 bits of the lowest ticket.
        uint96 ticket;
        address node;
        /// Who is in at most once: an owner where no two of one may be drawn, else the node itself.
        address holder;
    }

    /// Its holder, or the whole list, has lower tickets already.
    error ClaimNotLower(uint256 ticket, uint256 highest);

    function claimOf(uint256 lowestTicket, address node, address holder) internal pure returns (Claim memory) {
        return Claim({ ticket: uint96(lowestTicket >> 160), node: node, holder: holder });
    }

    /// @param most Claims that the list keeps.
    function put(Claim[] storage list, Claim memory claim, uint256 most) internal {
        uint256 count = list.length;
        uint256 highest = 0;
        uint256 highestAt = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 ticket = list[i].ticket;
            if (list[i].holder == claim.holder) {
                require(claim.ticket < ticket, ClaimNotLower(claim.ticket, ticket));
                list[i] = claim;
                return;
            }
            if (ticket >= highest) (highest, highestAt) = (ticket, i);
        }
        if (count < most) {
            list.push(claim);
            return;
        }
        require(claim.ticket < highest, ClaimNotLower(claim.ticket, highest));
        list[highestAt] = claim;
    }

    /// @notice The claims in the order in which they are drawn.
    function inOrder(Claim[] memory list) internal pure returns (Claim[] memory sorted) {
        sorted = list;
        for (uint256 i = 1; i < sorted.length; ++i) {
            Claim memory each = sorted[i];
            uint256 j = i;
            for (; j > 0 && sorted[j - 1].ticket > each.ticket; --j) {
                sorted[j] = sorted[j - 1];
            }
            sorted[j] = each;
        }
    }
}
