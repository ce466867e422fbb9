import type { Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { assertLimit } from "../assertInput.js";
import type { AccessTokenRecord, ApiKeyRecord, ApiKeyUse } from "../books.js";
import { BooksError } from "../booksError.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import type { MemoryLedger } from "./memoryLedger.js";

/** Keys and access tokens, by their hashes. */
export class MemoryDesk {
  readonly #parts: { readonly ledger: MemoryLedger; readonly clock: Clock };
  readonly #keys = new Map<Bytes32, ApiKeyRecord>();
  readonly #tokens = new Map<Bytes32, AccessTokenRecord>();

  constructor(parts: { readonly ledger: MemoryLedger; readonly clock: Clock }) {
    this.#parts = parts;
  }

  putKey(key: ApiKeyRecord): void {
    this.#assertSession(key.account);
    const known = this.#keys.get(key.keyHash);
    this.#keys.set(key.keyHash, {
      ...key,
      account: known?.account ?? key.account,
      revoked: key.revoked || known?.revoked === true,
    });
    this.#parts.ledger.setKeyBudget(key.keyHash, key.budgetWei);
  }

  revokeKey(keyHash: Bytes32): boolean {
    const key = this.#keys.get(keyHash);
    if (!key || key.revoked) return false;
    this.#keys.set(keyHash, { ...key, revoked: true });
    return true;
  }

  findKey(keyHash: Bytes32): ApiKeyRecord | undefined {
    return this.#keys.get(keyHash);
  }

  listKeys(page: { readonly account?: number; readonly limit: number }): readonly ApiKeyUse[] {
    assertLimit(page.limit, PAGE_ROWS_MAX);
    const keys = [...this.#keys.values()].filter((key) => page.account === undefined || key.account === page.account);
    return keys.slice(0, page.limit).map((key) => {
      const budget = this.#parts.ledger.keyBudget(key.keyHash);
      return { ...key, spentWei: budget?.spentWei ?? 0n, receipts: budget?.receipts ?? 0 };
    });
  }

  putAccessToken(token: AccessTokenRecord): void {
    this.#assertSession(token.account);
    const nowMs = this.#parts.clock.nowMs();
    for (const [hash, { expiresAtMs }] of this.#tokens) if (expiresAtMs <= nowMs) this.#tokens.delete(hash);
    this.#tokens.set(token.tokenHash, token);
  }

  findAccessToken(tokenHash: Bytes32): AccessTokenRecord | undefined {
    const token = this.#tokens.get(tokenHash);
    return token && token.expiresAtMs > this.#parts.clock.nowMs() ? token : undefined;
  }

  #assertSession(account: number): void {
    if (!this.#parts.ledger.findSession(account)) throw new BooksError({ code: "BOOKS_SESSION_UNKNOWN", account });
  }
}
