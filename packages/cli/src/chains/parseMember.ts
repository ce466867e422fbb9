import { type Address, isAddress, MEMBER_ROLES, type PlannedMember } from "@cortensor/protocol";
import { InvalidArgumentError } from "commander";

const EXPECTED = "Expected role:address, or role:address:team; roles are owner, admin, billing, member and auditor.";

/** `role:address` or `role:address:team`. What team there is, the plan says. */
export function parseMember(text: string): PlannedMember {
  const [role = "", account = "", team, ...more] = text.split(":");
  const lower = account.toLowerCase();
  if (more.length > 0 || !isAddress(lower) || !isPlanned(role)) throw new InvalidArgumentError(EXPECTED);
  return { account: lower, role, ...(team === undefined ? {} : { team }) };
}

export function isPlanned(role: string): role is PlannedMember["role"] {
  return role !== "none" && role !== "node" && MEMBER_ROLES.some((one) => one === role);
}

/** `address:region`. */
export function parseNode(text: string): { readonly account: Address; readonly region: string } {
  const [account = "", region = "", ...more] = text.split(":");
  const lower = account.toLowerCase();
  if (more.length > 0 || region === "" || !isAddress(lower)) throw new InvalidArgumentError("Expected address:region.");
  return { account: lower, region };
}
