import { type Ordered, OrderHeap } from "./orderHeap.js";
import { arrive, type Charge, chargeTurn, NEW_ACCOUNT, settleTurn, type TurnAccount } from "./turnAccount.js";

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
  account: TurnAccount;
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
/** Accounts of clients of whom nothing waits, in each of two generations. One that is forgotten may come a turn early. */
const ACCOUNTS_MAX = 5_000;
/** Clients asked, in their order, for a task that fits what is free: the first may need a miner that few are. */
const TRIES_MAX = 32;

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996) with ageing: between two clients that both wait, the tokens served never differ by
 * more than a task of each and what one has aged more. Virtual time is the start of the last turn; a client's next turn starts where its last one ended,
 * and no earlier than now. A turn is charged what its task is expected to cost, and when it has ended what it did cost beyond. A client's own
 * tasks go in the order they came. Every call costs O(log clients).
 */
export class ClientFlows<Task extends QueuedTask> {
  readonly #flows = new Map<ClientId, Flow<Task>>();
  readonly #order = new OrderHeap<Flow<Task>>();
  #accounts = new Map<ClientId, TurnAccount>();
  #earlierAccounts: ReadonlyMap<ClientId, TurnAccount> = new Map();
  /** Of tasks that run. */
  readonly #charges = new WeakMap<Task, Charge>();
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
    this.#close(flow);
  }

  /** A task that is served without waiting, while nothing waits: it counts as a turn. */
  pass(task: Task): void {
    const account = arrive(this.#accountOf(task.client), this.#virtualTime);
    this.#virtualTime = account.startsAt;
    this.#remember(task.client, this.#charge(task, account));
  }

  /** A task that was served has ended: its turn counts for what it did cost, in tokens. */
  ended(task: Task, tokens: number): void {
    const charge = this.#charges.get(task);
    if (charge === undefined) return;
    this.#charges.delete(task);
    const { client } = task;
    const flow = this.#flows.get(client);
    if (flow === undefined) {
      this.#remember(client, settleTurn(this.#accountOf(client), charge, tokens));
      return;
    }
    const before = flow.account;
    this.#order.remove(flow);
    flow.account = settleTurn(before, charge, tokens);
    flow.key += flow.account.startsAt - before.startsAt;
    this.#order.putBack(flow);
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
    const account = arrive(this.#accountOf(client), this.#virtualTime);
    const line = { sinceMs: 0, head: undefined, tail: undefined, key: 0, arrival: 0, at: 0 };
    const flow: Flow<Task> = { client, account, ...line };
    this.#flows.set(client, flow);
    this.#line(flow, nowMs);
    return flow;
  }

  /** Ageing is the same for all, so that the order of two never changes: their keys are compared as of one moment. */
  #line(flow: Flow<Task>, nowMs: number): void {
    flow.sinceMs = nowMs;
    flow.key = flow.account.startsAt + (nowMs / 1_000) * AGEING_TOKENS_PER_SECOND;
    this.#order.add(flow);
  }

  /** The flow was taken out of the order. */
  #serve(flow: Flow<Task>, ticket: Ticket<Task>, nowMs: number): void {
    this.#virtualTime = Math.max(this.#virtualTime, flow.account.startsAt);
    this.#unlink(ticket);
    flow.account = this.#charge(ticket.task, flow.account);
    if (flow.head === undefined) this.#close(flow);
    else this.#line(flow, nowMs);
  }

  #charge(task: Task, before: TurnAccount): TurnAccount {
    const [account, charge] = chargeTurn(before, task.serviceTokens);
    this.#charges.set(task, charge);
    return account;
  }

  #unlink({ task, flow, before, after }: Ticket<Task>): void {
    if (before === undefined) flow.head = after;
    else before.after = after;
    if (after === undefined) flow.tail = before;
    else after.before = before;
    this.#count(task, -1);
  }

  #close({ client, account }: Flow<Task>): void {
    this.#flows.delete(client);
    this.#remember(client, account);
  }

  /** Of a client of whom nothing waits. */
  #accountOf(client: ClientId): TurnAccount {
    return this.#accounts.get(client) ?? this.#earlierAccounts.get(client) ?? NEW_ACCOUNT;
  }

  #remember(client: ClientId, account: TurnAccount): void {
    this.#accounts.set(client, account);
    if (this.#accounts.size < ACCOUNTS_MAX) return;
    this.#earlierAccounts = this.#accounts;
    this.#accounts = new Map();
  }

  #count({ serviceTokens }: Task, by: 1 | -1): void {
    this.#size += by;
    this.#tokens += by * serviceTokens;
  }
}
