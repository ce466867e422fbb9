import { createHash } from "node:crypto";
import type { Caller } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { Bytes32 } from "@cortensor/protocol";

/** Bearers remembered, unknown ones too: a few hundred bytes each. */
const CALLERS_MAX = 10_000;
/** A key that another router revoked may serve this much longer here. */
const KNOWN_MS = 5_000;
/** Soon enough for a key that was just made by another router; long enough to keep guessers off the database. */
const UNKNOWN_MS = 1_000;
/** Different unknown bearers looked up at once; more are told to wait by being unknown. */
const LOOKUPS_MAX = 1_000;

type Known = { readonly caller: Caller | undefined; readonly untilMs: number };

/** SHA-256 of a bearer, as the books keep it. */
export function hashBearer(bearer: string): Bytes32 {
  return `0x${createHash("sha256").update(bearer).digest("hex")}`;
}

/** Finds who a bearer is: an API key or a bought access token. Answers at once for those it has seen lately. */
export class Authenticator {
  readonly #books: Pick<Books, "findKey" | "findAccessToken" | "findSession">;
  readonly #nowMs: () => number;
  readonly #known = new Map<Bytes32, Known>();
  readonly #lookups = new Map<Bytes32, Promise<Caller | undefined>>();

  constructor(parts: {
    readonly books: Pick<Books, "findKey" | "findAccessToken" | "findSession">;
    readonly nowMs: () => number;
  }) {
    this.#books = parts.books;
    this.#nowMs = parts.nowMs;
  }

  authenticate(bearer: string): Caller | undefined | Promise<Caller | undefined> {
    const hash = hashBearer(bearer);
    const known = this.#known.get(hash);
    if (known !== undefined && known.untilMs > this.#nowMs()) return known.caller;
    const running = this.#lookups.get(hash);
    if (running !== undefined) return running;
    if (this.#lookups.size >= LOOKUPS_MAX) return undefined;
    const lookup = this.#lookUp(hash).finally(() => this.#lookups.delete(hash));
    this.#lookups.set(hash, lookup);
    return lookup;
  }

  /** A key was made or revoked here: the next use looks again. */
  forget(hash: Bytes32): void {
    this.#known.delete(hash);
  }

  /** An account's session changed: its custody may have. */
  forgetAccount(account: number): void {
    for (const [hash, { caller }] of this.#known) if (caller?.account === account) this.#known.delete(hash);
  }

  async #lookUp(hash: Bytes32): Promise<Caller | undefined> {
    const caller = await this.#read(hash);
    this.#known.delete(hash);
    this.#known.set(hash, { caller, untilMs: this.#nowMs() + (caller === undefined ? UNKNOWN_MS : KNOWN_MS) });
    if (this.#known.size > CALLERS_MAX) this.#dropOldest();
    return caller;
  }

  async #read(hash: Bytes32): Promise<Caller | undefined> {
    const key = await this.#books.findKey(hash);
    if (key !== undefined) {
      if (key.revoked) return undefined;
      const session = await this.#books.findSession(key.account);
      return session && { account: key.account, keyHash: hash, custody: session.custody };
    }
    const token = await this.#books.findAccessToken(hash);
    if (token === undefined || token.expiresAtMs <= this.#nowMs()) return undefined;
    const session = await this.#books.findSession(token.account);
    return session && { account: token.account, custody: session.custody };
  }

  #dropOldest(): void {
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
