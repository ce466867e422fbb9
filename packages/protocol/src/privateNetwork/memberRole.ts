/** Roles in a private network, in the order of their numbers on chain: 0 is nobody's. */
export const MEMBER_ROLES = ["none", "owner", "admin", "billing", "member", "auditor", "node"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** Who stands on the chain by itself and not in a list. */
export function isSteward(role: MemberRole): boolean {
  return role === "owner" || role === "admin";
}

/** Who may open sessions: they are the ones that spend. */
export function mayOpenSession(role: MemberRole): boolean {
  return role === "owner" || role === "admin" || role === "member";
}

/** Who may read the network's chain whole. Nobody's and auditors' reading is narrower. */
export function mayReadChain(role: MemberRole): boolean {
  return role !== "none" && role !== "auditor";
}
