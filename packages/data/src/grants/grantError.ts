import { CodedError, type GrantFault, type ShredFault } from "@cortensor/protocol";

/** Why a keeper refuses. Never a key, nor half of one. */
export type GrantErrorData =
  | { readonly code: "GRANT_UNKNOWN_OBJECT"; readonly cid: string }
  /** Kept already, with another key or for another owner. */
  | { readonly code: "GRANT_OBJECT_EXISTS"; readonly cid: string }
  /** What `grantFault` says, that the keeper was never shown the grant, that who asks isn't who it says, or isn't a member of the private network. */
  | {
      readonly code: "GRANT_REFUSED";
      readonly cid: string;
      readonly fault: GrantFault | "unregistered" | "badAsk" | "notAMember";
    }
  | { readonly code: "GRANT_TOO_MANY"; readonly cid: string; readonly most: number }
  | { readonly code: "GRANT_BAD_REVOCATION"; readonly problem: string }
  | { readonly code: "GRANT_BAD_SHRED"; readonly cid: string; readonly fault: ShredFault | "otherOwner" }
  /** The keeper's folder lacks a half that it should have. */
  | { readonly code: "GRANT_KEY_LOST"; readonly cid: string };

export class GrantError extends CodedError<GrantErrorData> {}
