import type { Address } from "../primitives.js";
import type { MemberRole } from "./memberRole.js";

/** How long a role that was read is believed: five times within the ten seconds in which a revocation has to hold. */
const STANDING_MS = 2_000;
/** Accounts whose role is remembered: a few hundred bytes each. */
const STANDINGS_MAX = 4_096;

/** What a private network's gate says of accounts, believed for two seconds: a revocation holds at a door soon after its block. */
export class MemberStandings {
  readonly #readRole: (account: Address) => Promise<MemberRole>;
  readonly #nowMs: () => number;
  readonly #known = new Map<Address, { readonly role: Promise<MemberRole>; readonly untilMs: number }>();

  constructor(parts: { readonly readRole: (account: Address) => Promise<MemberRole>; readonly nowMs: () => number }) {
    this.#readRole = parts.readRole;
    this.#nowMs = parts.nowMs;
  }

  /** Rejects when the chain doesn't answer: then nobody is believed. */
  roleOf(account: Address): Promise<MemberRole> {
    const known = this.#known.get(account);
    if (known !== undefined && known.untilMs > this.#nowMs()) return known.role;
    const role = this.#readRole(account);
    this.#known.delete(account);
    const entry = { role, untilMs: this.#nowMs() + STANDING_MS };
    this.#known.set(account, entry);
    role.catch(() => {
      if (this.#known.get(account) === entry) this.#known.delete(account);
    });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= STANDINGS_MAX) break;
      this.#known.delete(oldest);
    }
    return role;
  }
}
