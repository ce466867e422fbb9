import type { BookedSession, Books } from "@cortensor/books";
import type { SessionTerms } from "@cortensor/protocol";
import type { RouterChain } from "./routerChain.js";
import type { SessionRules } from "./sessionRules.js";

/** Lookups of unknown accounts running at once. */
const LOOKUPS_MAX = 1_000;

/** What the owner of a delegated session lets a key of this router sign. */
export type SpendingCap = {
  readonly capPerEpochWei: bigint;
  readonly totalCapWei: bigint;
};

export type SessionBookParts = {
  readonly books: Pick<Books, "sessions" | "findSession" | "putSession">;
  readonly chain: Pick<RouterChain, "readSession">;
};

/** The sessions that name this operator, in memory: what every request needs of them, without asking the database. */
export class SessionBook {
  readonly #books: SessionBookParts["books"];
  readonly #chain: SessionBookParts["chain"];
  readonly #sessions = new Map<number, BookedSession>();
  readonly #sequence = new Map<number, number>();
  readonly #caps = new Map<number, SpendingCap>();
  readonly #terms = new Map<number, SessionTerms>();
  readonly #rules = new Map<number, SessionRules>();
  #lookups = 0;

  constructor({ books, chain }: SessionBookParts) {
    this.#books = books;
    this.#chain = chain;
  }

  /** Reads what the books know. */
  async load(): Promise<void> {
    for (const session of await this.#books.sessions()) this.#sessions.set(session.account, session);
  }

  get all(): Iterable<BookedSession> {
    return this.#sessions.values();
  }

  /** Undefined when the account has no lane here. Another router of the operator may have mirrored it first. */
  find(account: number): BookedSession | undefined | Promise<BookedSession | undefined> {
    const known = this.#sessions.get(account);
    if (known !== undefined) return known;
    if (this.#lookups >= LOOKUPS_MAX) return undefined;
    return this.#lookUp(account);
  }

  /** Takes over what the chain says. True when something changed. */
  async put(session: BookedSession): Promise<boolean> {
    const known = this.#sessions.get(session.account);
    if (known !== undefined && isEqual(known, session)) return false;
    await this.#books.putSession(session);
    this.#sessions.set(session.account, session);
    return true;
  }

  /** The caps that bind an account before its allotment does; undefined when none do. */
  capOf(account: number): SpendingCap | undefined {
    return this.#caps.get(account);
  }

  setCap(account: number, cap: SpendingCap | undefined): void {
    if (cap === undefined) this.#caps.delete(account);
    else this.#caps.set(account, cap);
  }

  /** What an account asks for, as far as it has a price; asked of the chain where no mirroring told it. Undefined: no such account. */
  termsOf(account: number): SessionTerms | undefined | Promise<SessionTerms | undefined> {
    const known = this.#terms.get(account);
    if (known !== undefined) return known;
    if (this.#lookups >= LOOKUPS_MAX) return undefined;
    return this.#lookUpTerms(account);
  }

  /** What was last heard of an account's terms. */
  knownTerms(account: number): SessionTerms | undefined {
    return this.#terms.get(account);
  }

  /** What an account asks for beside its terms. Known whenever they are. */
  rulesOf(account: number): SessionRules | undefined {
    return this.#rules.get(account);
  }

  setTerms(account: number, session: SessionTerms & SessionRules): void {
    const { redundant, numOfValidatorNodes, sla, privacy, ...rest } = session;
    const { mode, minNumOfNodes, maxNumOfNodes, reserveEphemeralNodes, dedicatedNodes } = rest;
    const { modelIdentifier, maxTaskExecutionCount, engine, auditMode } = rest;
    this.#terms.set(account, { redundant, numOfValidatorNodes, sla, privacy });
    this.#rules.set(account, {
      ...{ mode, minNumOfNodes, maxNumOfNodes, reserveEphemeralNodes, dedicatedNodes },
      ...{ modelIdentifier, maxTaskExecutionCount, engine, auditMode },
    });
  }

  /** Counts this router's tasks of an account. */
  nextSequence(account: number): number {
    const next = this.#sequence.get(account) ?? 0;
    this.#sequence.set(account, (next + 1) >>> 0);
    return next;
  }

  async #lookUpTerms(account: number): Promise<SessionTerms | undefined> {
    this.#lookups += 1;
    try {
      const session = await this.#chain.readSession(account);
      if (session !== undefined) this.setTerms(account, session);
      return this.#terms.get(account);
    } finally {
      this.#lookups -= 1;
    }
  }

  async #lookUp(account: number): Promise<BookedSession | undefined> {
    this.#lookups += 1;
    try {
      const session = await this.#books.findSession(account);
      if (session !== undefined) this.#sessions.set(account, session);
      return session;
    } finally {
      this.#lookups -= 1;
    }
  }
}

function isEqual(left: BookedSession, right: BookedSession): boolean {
  return (
    left.session === right.session &&
    left.owner === right.owner &&
    left.custody === right.custody &&
    left.sessionClass === right.sessionClass &&
    left.allotmentWei === right.allotmentWei &&
    left.chunkWei === right.chunkWei
  );
}
