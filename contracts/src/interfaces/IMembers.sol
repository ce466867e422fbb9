// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IComplianceHook } from "./IComplianceHook.sol";

/// @title IMembers
/// @notice Who is a member of a private network, in which role and team. Denied is who is none, and who may only look.
/// @dev Stewards (owners and admins) stand here by themselves. Everybody else is enrolled by a path to the root of the list in force:
/// a new list voids every enrolment of the one before. Every change is an event, and the events are the network's audit log.
interface IMembers is IComplianceHook {
    /// @dev The numbers are in every list's leaves: `MEMBER_ROLES` of `packages/protocol` has the same order.
    enum Role {
        None,
        Owner,
        Admin,
        Billing,
        Member,
        Auditor,
        Node
    }

    struct Member {
        address account;
        Role role;
        /// 0 is no team: who has none opens no session.
        uint16 team;
    }

    event StewardAppointed(address indexed account, Role role, uint16 team, address indexed by);
    event StewardDismissed(address indexed account, Role role, address indexed by);
    event ListPublished(uint64 indexed number, bytes32 root, address indexed by);
    event MemberEnrolled(uint64 indexed number, address indexed account, Role role, uint16 team);
    event MemberRevoked(uint64 indexed number, address indexed account, Role role, address indexed by);
    event KeyRotated(address indexed from, address indexed to, Role role, address indexed by);

    error NotOwner(address caller);
    error NotSteward(address caller);
    error NotASteward(address account);
    error IsSteward(address account, Role role);
    error RoleUnfit(address account, Role role);
    error LastOwner(address account);
    error AccountZero();
    error RootZero();
    error NotListed(address account);
    error RevokedInList(address account, uint64 number);
    error KnownMember(address account);
    error NotMember(address account);
    error TooManyMembers(uint256 count, uint256 most);
    error PathsMissing(uint256 paths, uint256 members);

    /// @notice Makes an account an owner or an admin, with the team that it spends for. Only an owner.
    function appoint(address account, Role role, uint16 team) external;

    /// @notice Takes that away. Only an owner; the last owner stays.
    function dismiss(address account) external;

    /// @notice Puts a new list in force, and enrols those that are shown with it. Only a steward.
    /// @param root `memberList` of `packages/protocol` makes it. Leaves with a steward's role enrol nobody.
    function publish(bytes32 root, Member[] calldata members, bytes32[][] calldata paths) external;

    /// @notice Enrols who stands in the list in force; at most 256. Anyone may: the list says who is a member.
    function enrol(Member[] calldata members, bytes32[][] calldata paths) external;

    /// @notice Off-boards at once, whatever the list says. Until a later list names the account again. Only a steward.
    function revoke(address account) external;

    /// @notice Moves a member's standing to another key, until the next list; the old key is revoked. The member itself, or a steward;
    /// of a steward itself, or an owner.
    function rotate(address from, address to) external;

    /// @notice `None` for who isn't a member now.
    function roleOf(address account) external view returns (Role);

    function teamOf(address account) external view returns (uint16);

    /// @notice Counts lists from 1; 0 before the first.
    function listNumber() external view returns (uint64);

    function listRoot() external view returns (bytes32);
}
