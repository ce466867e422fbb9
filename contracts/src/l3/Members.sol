// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IMembers } from "../interfaces/IMembers.sol";

/// @title Members
/// @notice PrivateNetwork's members.
abstract contract Members is IMembers {
    bytes32 internal constant MEMBER_TYPEHASH = keccak256("ListedMember(address account,uint8 role,uint16 team)");
    uint256 public constant ENROLMENTS_MAX = 256;

    struct Standing {
        Role role;
        uint16 team;
        /// The list that it holds in; a steward's holds in each.
        uint64 list;
    }

    /// @inheritdoc IMembers
    uint64 public listNumber;
    /// @inheritdoc IMembers
    bytes32 public listRoot;
    uint32 public ownerCount;
    mapping(address account => Standing) internal _standings;
    /// The list in whose time an account was revoked, counted from 1 for none.
    mapping(address account => uint64) internal _revokedIn;

    constructor(address owner) {
        _appoint(owner, Role.Owner, 0);
    }

    modifier onlyOwner() {
        require(roleOf(msg.sender) == Role.Owner, NotOwner(msg.sender));
        _;
    }

    modifier onlySteward() {
        require(_isSteward(roleOf(msg.sender)), NotSteward(msg.sender));
        _;
    }

    /* STEWARDS */

    /// @inheritdoc IMembers
    function appoint(address account, Role role, uint16 team) external onlyOwner {
        if (_isSteward(_standings[account].role)) _unseat(account);
        _appoint(account, role, team);
    }

    /// @inheritdoc IMembers
    function dismiss(address account) external onlyOwner {
        require(_isSteward(_standings[account].role), NotASteward(account));
        _unseat(account);
        require(ownerCount != 0, LastOwner(account));
    }

    /* LIST */

    /// @inheritdoc IMembers
    function publish(bytes32 root, Member[] calldata members, bytes32[][] calldata paths) external onlySteward {
        require(root != 0, RootZero());
        ++listNumber;
        listRoot = root;
        emit ListPublished(listNumber, root, msg.sender);
        _enrolAll(members, paths);
    }

    /// @inheritdoc IMembers
    function enrol(Member[] calldata members, bytes32[][] calldata paths) external {
        _enrolAll(members, paths);
    }

    /// @inheritdoc IMembers
    function revoke(address account) external onlySteward {
        Role role = _standings[account].role;
        require(!_isSteward(role), IsSteward(account, role));
        _revoke(account);
    }

    /// @inheritdoc IMembers
    function rotate(address from, address to) external {
        Role role = roleOf(from);
        require(role != Role.None, NotMember(from));
        if (msg.sender != from) {
            Role by = roleOf(msg.sender);
            require(_isSteward(role) ? by == Role.Owner : _isSteward(by), NotSteward(msg.sender));
        }
        require(to != address(0), AccountZero());
        require(roleOf(to) == Role.None, KnownMember(to));
        require(!_isRevoked(to), RevokedInList(to, listNumber));
        Standing memory standing = _standings[from];
        delete _standings[from];
        _revokedIn[from] = listNumber + 1;
        _standings[to] = standing;
        emit KeyRotated(from, to, role, msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc IMembers
    function roleOf(address account) public view returns (Role) {
        Standing storage standing = _standings[account];
        Role role = standing.role;
        if (_isSteward(role)) return role;
        return standing.list == listNumber && !_isRevoked(account) ? role : Role.None;
    }

    /// @inheritdoc IMembers
    function teamOf(address account) public view returns (uint16) {
        return roleOf(account) == Role.None ? 0 : _standings[account].team;
    }

    /// @inheritdoc IComplianceHook
    function isDenied(address account) external view returns (bool) {
        Role role = roleOf(account);
        return role == Role.None || role == Role.Auditor;
    }

    /* INTERNAL */

    function _isSteward(Role role) internal pure returns (bool) {
        return role == Role.Owner || role == Role.Admin;
    }

    /// Of a list's time: a later one may name the account again.
    function _isRevoked(address account) internal view returns (bool) {
        return _revokedIn[account] == listNumber + 1;
    }

    function _appoint(address account, Role role, uint16 team) internal {
        require(account != address(0), AccountZero());
        require(_isSteward(role), RoleUnfit(account, role));
        if (role == Role.Owner) ++ownerCount;
        _standings[account] = Standing(role, team, 0);
        delete _revokedIn[account];
        emit StewardAppointed(account, role, team, msg.sender);
        // An owner who appoints itself an admin may have been the last.
        require(ownerCount != 0, LastOwner(account));
    }

    function _unseat(address account) internal {
        Role role = _standings[account].role;
        if (role == Role.Owner) --ownerCount;
        delete _standings[account];
        _revokedIn[account] = listNumber + 1;
        emit StewardDismissed(account, role, msg.sender);
    }

    function _revoke(address account) internal {
        emit MemberRevoked(listNumber, account, roleOf(account), msg.sender);
        delete _standings[account];
        _revokedIn[account] = listNumber + 1;
    }

    function _enrolAll(Member[] calldata members, bytes32[][] calldata paths) internal {
        require(members.length <= ENROLMENTS_MAX, TooManyMembers(members.length, ENROLMENTS_MAX));
        require(paths.length == members.length, PathsMissing(paths.length, members.length));
        for (uint256 i = 0; i < members.length; ++i) {
            _enrol(members[i], paths[i]);
        }
    }

    function _enrol(Member calldata member, bytes32[] calldata path) internal {
        address account = member.account;
        require(!_isSteward(member.role) && member.role != Role.None, RoleUnfit(account, member.role));
        require(!_isSteward(_standings[account].role), IsSteward(account, _standings[account].role));
        require(!_isRevoked(account), RevokedInList(account, listNumber));
        bytes32 leaf = keccak256(
            abi.encode(keccak256(abi.encode(MEMBER_TYPEHASH, account, uint8(member.role), member.team)))
        );
        require(MerkleProof.verifyCalldata(path, listRoot, leaf), NotListed(account));
        _standings[account] = Standing(member.role, member.team, listNumber);
        emit MemberEnrolled(listNumber, account, member.role, member.team);
    }
}
