import { describe, expect, it } from "vitest";
import { verifyMerklePath } from "../merkle.js";
import { type ListedMember, memberLeaf, memberList } from "./memberList.js";

const account = (digit: number): `0x${string}` => `0x${String(digit).repeat(40)}`;
const MEMBERS: readonly ListedMember[] = [
  { account: account(3), role: "auditor", team: 0 },
  { account: account(1), role: "member", team: 1 },
  { account: account(2), role: "node", team: 0 },
];

describe("a member list", () => {
  it("shows each of its members by a path to one root, in whatever order they were given", () => {
    const list = memberList(MEMBERS);
    expect(memberList([...MEMBERS].reverse()).root).toBe(list.root);
    for (const member of list.members) expect(verifyMerklePath(memberLeaf(member), member.path, list.root)).toBe(true);
  });

  it("shows nobody in another role or team, and no outsider", () => {
    const { root, members } = memberList(MEMBERS);
    const [first] = members;
    const path = first?.path ?? [];
    for (const other of [
      { account: account(1), role: "billing", team: 1 },
      { account: account(1), role: "member", team: 2 },
      { account: account(9), role: "member", team: 1 },
    ] as const)
      expect(verifyMerklePath(memberLeaf(other), path, root)).toBe(false);
  });

  it("refuses stewards, nobody's role, an account twice, and nobody at all", () => {
    const member = { account: account(1), team: 1 };
    for (const role of ["owner", "admin", "none"] as const)
      expect(() => memberList([{ ...member, role }])).toThrow("PROTOCOL_BAD_RECORD");
    const twice = [{ ...member, role: "member" } as const, { ...member, role: "auditor" } as const];
    expect(() => memberList(twice)).toThrow("stands twice");
    expect(() => memberList([])).toThrow("PROTOCOL_BAD_TREE");
  });
});
