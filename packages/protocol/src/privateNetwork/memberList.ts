import { utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import { leafHash, merkleTree } from "../merkle.js";
import type { Address, Bytes32 } from "../primitives.js";
import { WordWriter } from "../wordWriter.js";
import { isSteward, MEMBER_ROLES, type MemberRole } from "./memberRole.js";

/** An account on a private network's list. */
export type ListedMember = {
  readonly account: Address;
  readonly role: MemberRole;
  /** Counts from 1 in the order of the plan; 0 for nobody's. */
  readonly team: number;
};

/** A member with what shows it to the gate. */
export type ListedPath = ListedMember & { readonly path: readonly Bytes32[] };

/** What a gate is told of its members: the root, and each one's path. */
export type MemberList = { readonly root: Bytes32; readonly members: readonly ListedPath[] };

const TYPE_HASH = keccak256Bytes(utf8ToBytes("ListedMember(address account,uint8 role,uint16 team)"));
const writer = new WordWriter(4);

/** `keccak256` of the struct hash of `ListedMember(address account,uint8 role,uint16 team)`: the gate computes the same. */
export function memberLeaf({ account, role, team }: ListedMember): Bytes32 {
  const word = writer.begin(TYPE_HASH).address(account).uint8("role", MEMBER_ROLES.indexOf(role)).uint16("team", team);
  return leafHash(word.hash());
}

/**
 * The list of all who aren't stewards, ascending by address, so that one set of members has one root. Throws PROTOCOL_BAD_TREE for nobody
 * at all or too many, PROTOCOL_BAD_RECORD for an account twice, a steward or nobody's role.
 */
export function memberList(members: readonly ListedMember[]): MemberList {
  const ordered = [...members].sort((left, right) => (left.account < right.account ? -1 : 1));
  for (const [index, { account, role }] of ordered.entries()) {
    if (ordered[index + 1]?.account === account) refuse(`${account} stands twice`);
    if (role === "none" || isSteward(role)) refuse(`${account} is ${role}, which no list says`);
  }
  const tree = merkleTree(ordered.map(memberLeaf));
  return { root: tree.root, members: ordered.map((member, index) => ({ ...member, path: tree.pathOf(index) })) };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "member list", reason });
}
