import { type Ordered, OrderHeap } from "./orderHeap.js";

/** Who shares the miners: see `clientOf`. */
export type ClientId = string | number;

/** A task as the order of waiting sees it. */
export type QueuedTask = {
  readonly client: ClientId;
  /** What serving it is expected to cost, in output tokens, > 0. */
  readonly serviceTokens: number;
};

/** A place in the queue: what `add` gives, and `remove` takes. */
export type Ticket<Task extends QueuedTask> = {
  readonly task: Task;
  readonly flow: Flow<Task>;
  before: Ticket<Task> | undefined;
  after: Ticket<Task> | undefined;
};

/** The waiting tasks of one client, first come, first served. */
type Flow<Task extends QueuedTask> = Ordered & {
  readonly client: ClientId;
  /** Virtual time of its next turn. */
  start: number;
  /** Since when it has waited for that turn. */
  sinceMs: number;
  head: Ticket<Task> | undefined;
  tail: Ticket<Task> | undefined;
};

/**
 * A flow gains this much on all others while it waits. Without it an endless stream of new clients, each of whom begins at the
 * virtual time of now, would keep an old one from its second turn for ever. One sequence of a miner makes more than one token a second:
 * so a client whose tasks fill it never outgrows a new one, which goes next.
 */
const AGEING_TOKENS_PER_SECOND = 1;
/** Clients whose last turn is remembered while nothing of theirs waits, in each of two generations. One that is forgotten may come a turn early. */
const SERVED_MAX = 5_000;
/** Clients asked, in their order, for a task that fits what is free: the first may need a miner that few are. */
const TRIES_MAX = 32;

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996) with ageing: between two clients that both wait, the tokens served never differ by
 * more than a task of each and what one has aged more. Virtual time is the start of the last turn; a client's next turn starts where its last one ended,
 * and no earlier than now. A client's own tasks go in the order they came. Adding, taking and removing cost O(log clients).
 */
export class ClientFlows<Task extends QueuedTask> {
  readonly #flows = new Map<ClientId, Flow<Task>>();
  readonly #order = new OrderHeap<Flow<Task>>();
  /** Where the last turn of each client ended that has nothing waiting. */
  #ends = new Map<ClientId, number>();
  #earlierEnds: ReadonlyMap<ClientId, number> = new Map();
  #virtualTime = 0;
  #size = 0;
  #tokens = 0;

  get size(): number {
    return this.#size;
  }

  /** Service that waits, in tokens. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Since when the client who is next has waited for its turn. */
  get nextSinceMs(): number | undefined {
    return this.#order.first?.sinceMs;
  }

  add(task: Task, nowMs: number): Ticket<Task> {
    const flow = this.#flows.get(task.client) ?? this.#open(task.client, nowMs);
    const ticket: Ticket<Task> = { task, flow, before: flow.tail, after: undefined };
    if (flow.tail === undefined) flow.head = ticket;
    else flow.tail.after = ticket;
    flow.tail = ticket;
    this.#count(task, 1);
    return ticket;
  }

  /** Takes a task out of the middle; its client's turn stays where it was. The ticket must be of a task that waits. */
  remove(ticket: Ticket<Task>): void {
    const { flow } = ticket;
    this.#unlink(ticket);
    if (flow.head !== undefined) return;
    this.#order.remove(flow);
    this.#close(flow, flow.start);
  }

  /** A task that is served without waiting, while nothing waits: it counts as a turn. */
  pass({ client, serviceTokens }: QueuedTask): void {
    const start = this.#startOf(client);
    this.#virtualTime = start;
    this.#remember(client, start + serviceTokens);
  }

  /** The next task for which `place` finds a place, and that place. A client whose first task finds none is passed over, not its order. */
  take<Place>(
    place: (task: Task) => Place | undefined,
    nowMs: number,
  ): { readonly task: Task; readonly place: Place } | undefined {
    const passedOver: Flow<Task>[] = [];
    let taken: { readonly task: Task; readonly place: Place } | undefined;
    while (taken === undefined && passedOver.length < TRIES_MAX) {
      const flow = this.#order.first;
      if (flow?.head === undefined) break;
      this.#order.remove(flow);
      const { task } = flow.head;
      const found = place(task);
      if (found === undefined) passedOver.push(flow);
      else {
        taken = { task, place: found };
        this.#serve(flow, flow.head, nowMs);
      }
    }
    for (const flow of passedOver) this.#order.putBack(flow);
    return taken;
  }

  *tasks(): Iterable<Task> {
    for (const flow of this.#flows.values()) {
      for (let ticket = flow.head; ticket !== undefined; ticket = ticket.after) yield ticket.task;
    }
  }

  #open(client: ClientId, nowMs: number): Flow<Task> {
    const start = this.#startOf(client);
    const flow: Flow<Task> = { client, start, sinceMs: 0, head: undefined, tail: undefined, key: 0, arrival: 0, at: 0 };
    this.#flows.set(client, flow);
    this.#line(flow, start, nowMs);
    return flow;
  }

  /** Ageing is the same for all, so that the order of two never changes: their keys are compared as of one moment. */
  #line(flow: Flow<Task>, start: number, nowMs: number): void {
    flow.start = start;
    flow.sinceMs = nowMs;
    flow.key = start + (nowMs / 1_000) * AGEING_TOKENS_PER_SECOND;
    this.#order.add(flow);
  }

  #serve(flow: Flow<Task>, ticket: Ticket<Task>, nowMs: number): void {
    this.#virtualTime = Math.max(this.#virtualTime, flow.start);
    const end = flow.start + ticket.task.serviceTokens;
    this.#unlink(ticket);
    if (flow.head === undefined) this.#close(flow, end);
    else this.#line(flow, end, nowMs);
  }

  #unlink({ task, flow, before, after }: Ticket<Task>): void {
    if (before === undefined) flow.head = after;
    else before.after = after;
    if (after === undefined) flow.tail = before;
    else after.before = before;
    this.#count(task, -1);
  }

  #close({ client }: Flow<Task>, end: number): void {
    this.#flows.delete(client);
    this.#remember(client, end);
  }

  #startOf(client: ClientId): number {
    return Math.max(this.#virtualTime, this.#ends.get(client) ?? this.#earlierEnds.get(client) ?? 0);
  }

  #remember(client: ClientId, end: number): void {
    this.#ends.set(client, end);
    if (this.#ends.size < SERVED_MAX) return;
    this.#earlierEnds = this.#ends;
    this.#ends = new Map();
  }

  #count({ serviceTokens }: Task, by: 1 | -1): void {
    this.#size += by;
    this.#tokens += by * serviceTokens;
  }
}
