import type { Eip712Domain } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { GRANT_SCOPES, type GrantScope, grantSigner, hashGrant, type SignedGrant } from "./grant.js";

/** What a keeper knows when somebody asks it for an object. */
export type GrantFacts = {
  /** Chain and contract of the grants. */
  readonly domain: Eip712Domain;
  readonly cid: string;
  /** Whose the object is, by its own manifest. */
  readonly owner: Address;
  /** Who asks, and has shown that it is. */
  readonly asker: Address;
  readonly scope: GrantScope;
  /** Of the half that the keeper has; undefined where it was destroyed. */
  readonly keptHash: Bytes32 | undefined;
  readonly isRevoked: (grantHash: Bytes32) => boolean;
  readonly nowSeconds: UnixSeconds;
};

/** Why a grant opens nothing. */
export type GrantFault =
  | "otherObject"
  | "otherOwner"
  | "wrongSigner"
  | "otherGrantee"
  | "scopeTooLow"
  | "expired"
  | "revoked"
  | "shredded"
  | "otherKey";

/** The first thing that is wrong with it; undefined when its holder may have the kept half. */
export function grantFault(signed: SignedGrant, facts: GrantFacts): GrantFault | undefined {
  const { grant } = signed;
  if (grant.cid !== facts.cid) return "otherObject";
  if (grant.owner !== facts.owner) return "otherOwner";
  if (!isSignedByOwner(signed, facts.domain)) return "wrongSigner";
  if (grant.grantee !== facts.asker) return "otherGrantee";
  if (GRANT_SCOPES.indexOf(grant.scope) < GRANT_SCOPES.indexOf(facts.scope)) return "scopeTooLow";
  if (facts.nowSeconds >= grant.expires) return "expired";
  if (facts.isRevoked(hashGrant(grant))) return "revoked";
  if (facts.keptHash === undefined) return "shredded";
  return grant.keptHash === facts.keptHash ? undefined : "otherKey";
}

function isSignedByOwner(signed: SignedGrant, domain: Eip712Domain): boolean {
  try {
    return grantSigner(domain, signed) === signed.grant.owner;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
