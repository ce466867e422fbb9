import type { Address, MemberRole, UnixSeconds } from "@cortensor/protocol";

/** One look at a door, for the access log: who, when and which method. Never what was asked or answered. */
export type DoorEntry = {
  readonly at: UnixSeconds;
  /** Absent where the bearer stands for nobody. */
  readonly account?: Address;
  readonly role?: MemberRole;
  readonly by?: "word" | "token" | "key";
  /** Absent where nothing of the request was read. */
  readonly method?: string;
  readonly outcome: "passed" | "refused";
  /** Why it was refused: `noBearer`, `expired`, `notAMember`, `method` … */
  readonly reason?: string;
};
