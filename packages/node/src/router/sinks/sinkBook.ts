import { createSinkPumps, type NumberedTarget, openSink, type SinkPumps, type SinkState } from "@cortensor/data";
import { type Address, type Bytes32, CodedError } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { ROOM_MS } from "./sinkLimits.js";
import type { SinkParts } from "./sinkParts.js";

/** `away`: the outbox's database doesn't say. */
export type Room = "open" | "full" | "away";

type Known = {
  readonly target: NumberedTarget;
  /** Why it isn't delivered to from here. */
  fault?: string | undefined;
  room?: { readonly is: Room; readonly atMs: number };
  asking?: Promise<Room> | undefined;
};

export type SinkBookParts = {
  readonly sinks: SinkParts;
  /** Names this router among its operator's: after a restart it takes its leases back at once. */
  readonly holder: Address;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/** The sessions that have a sink, in memory, and the pumps that deliver to them. What the store says holds; another router may change it. */
export class SinkBook {
  readonly #parts: SinkBookParts;
  readonly #pumps: SinkPumps;
  readonly #known = new Map<number, Known>();
  #revision: string | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(parts: SinkBookParts) {
    this.#parts = parts;
    const { sinks, holder, clock, random, log } = parts;
    this.#pumps = createSinkPumps({ outbox: sinks.outbox, metrics: sinks.metrics, holder, clock, random, log });
  }

  get size(): number {
    return this.#known.size;
  }

  /** An account's session, when it has a sink. */
  sessionOf(account: number): Bytes32 | undefined {
    return this.#known.get(account)?.target.session;
  }

  targetOf(account: number): NumberedTarget | undefined {
    return this.#known.get(account)?.target;
  }

  /** How delivery stands here; the code alone where there is none from here. */
  stateOf(account: number): { readonly state?: SinkState; readonly fault?: string } {
    const known = this.#known.get(account);
    if (known?.fault !== undefined) return { fault: known.fault };
    const state = this.#pumps.states().find(({ session }) => session === known?.target.session);
    return state === undefined ? {} : { state };
  }

  /** Whether new tasks may begin. At once as long as it was lately open: a turn of the outbox is seen within a second. */
  roomOf(account: number): Room | Promise<Room> {
    const known = this.#known.get(account);
    if (known === undefined) return "open";
    const { room } = known;
    if (room !== undefined && this.#parts.clock.nowMs() - room.atMs < ROOM_MS) return room.is;
    const asked = this.#askRoom(known);
    return room?.is === "open" ? "open" : asked;
  }

  /** Something of a session was appended. */
  wake(session: Bytes32): void {
    this.#pumps.wake(session);
  }

  /** Takes over what any router of the operator has set or removed. One at a time. */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(() => this.#refresh());
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  close(): Promise<void> {
    return this.#pumps.close();
  }

  async #refresh(): Promise<void> {
    const { store } = this.#parts.sinks;
    const revision = await store.revision();
    if (revision === this.#revision) return;
    const targets = await store.targets();
    const there = new Set(targets.map(({ account }) => account));
    for (const [account, { target }] of this.#known) {
      if (there.has(account)) continue;
      this.#known.delete(account);
      await this.#pumps.detach(target.session);
    }
    for (const target of targets) {
      if (this.#known.get(target.account)?.target.version !== target.version) await this.#attach(target);
    }
    this.#revision = revision;
  }

  async #attach(target: NumberedTarget): Promise<void> {
    const { sinks, clock, log } = this.#parts;
    const { session, account, name } = target;
    const known: Known = { target };
    this.#known.set(account, known);
    try {
      const sink = openSink(sinks.vault.open(target), { policy: sinks.policy, clock });
      await this.#pumps.attach(session, sink);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      known.fault = error.code;
      await this.#pumps.detach(session);
      log.warn("A session's sink isn't delivered to from here", { session, sink: name, code: error.code });
    }
  }

  #askRoom(known: Known): Promise<Room> {
    const { sinks, clock, log } = this.#parts;
    const { session } = known.target;
    known.asking ??= sinks.outbox
      .room(session)
      .catch((error: unknown): Room => {
        log.warn("An outbox could not be asked for room", { session }, error);
        return "away";
      })
      .then((is) => {
        known.room = { is, atMs: clock.nowMs() };
        known.asking = undefined;
        return is;
      });
    return known.asking;
  }
}
