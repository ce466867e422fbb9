import {
  type Bytes32,
  EMPTY_INBOX,
  type Inbox,
  type InboxCap,
  type InboxEvent,
  MESSAGE_GAS_MAX,
  messageId,
  nextInbox,
} from "@cortensor/protocol";
import { type Dice, diceOf } from "../machines/dice.js";
import { aMessage, SOME_WAY } from "./someMessages.js";

const RELAYERS = 3;
const STEPS = 120;
const MESSAGES = 24;
/** All COR that there is, at the sending end. */
const NEAR_WEI = 10_000n;
const CAP: InboxCap = { capWei: 100n, windowSeconds: 100 };

type Sent = { readonly id: Bytes32; readonly corWei: bigint };

/** What a run saw: how often each message had its effect, and what there was of COR after each step. */
export type LossyRun = {
  readonly effects: ReadonlyMap<Bytes32, number>;
  readonly sent: readonly Bytes32[];
  readonly totalsWei: ReadonlySet<bigint>;
  /** COR that came in, by window. */
  readonly byWindow: ReadonlyMap<number, bigint>;
  readonly capWei: bigint;
  /** Retries and second arrivals that the run met: a run without them would show nothing. */
  readonly repeats: number;
};

/** One way of a link whose relayers drop, double, reorder and delay messages, and are killed with all they hold. */
class LossyLink {
  readonly #dice: Dice;
  readonly sent: Sent[] = [];
  readonly effects = new Map<Bytes32, number>();
  readonly byWindow = new Map<number, bigint>();
  readonly totalsWei = new Set<bigint>();
  repeats = 0;
  #held: Sent[][] = Array.from({ length: RELAYERS }, () => []);
  #inbox: Inbox = EMPTY_INBOX;
  #now = 1_000;
  #nearWei = NEAR_WEI;
  #farWei = 0n;
  #lockedWei = 0n;

  constructor(seed: number) {
    this.#dice = diceOf(seed);
  }

  /** One thing that happens, and the sum after it. */
  step(): void {
    const { below } = this.#dice;
    const what = below(10);
    if (what < 3 && this.sent.length < MESSAGES) this.#send();
    else if (what < 7) this.#relay(below(RELAYERS));
    else if (what === 7) this.#held[below(RELAYERS)] = [];
    else if (what === 8) this.#retryAny();
    else this.#event({ kind: "pause", isPaused: below(2) === 0 });
    this.#now += below(30);
    this.#note();
  }

  /** A new relayer reads all that was ever sent, and receivers are well: each message arrives, however often it takes. */
  settle(): void {
    this.#event({ kind: "pause", isPaused: false });
    for (let round = 0; round <= MESSAGES && !this.#isSettled(); round += 1) {
      for (const { id, corWei } of this.sent) {
        this.#try({ kind: "arrive", id, corWei, isTaken: true, nowSeconds: this.#now });
        this.#retry({ id, corWei }, true);
        this.#note();
      }
      this.#now += CAP.windowSeconds;
    }
  }

  #isSettled(): boolean {
    return this.sent.every(({ id }) => this.#inbox.states.get(id) === "delivered");
  }

  #send(): void {
    const corWei = BigInt(this.#dice.below(60));
    const one = { id: messageId(SOME_WAY, aMessage(this.sent.length + 1)), corWei };
    this.sent.push(one);
    this.#nearWei -= corWei;
    this.#lockedWei += corWei;
    // Some relayers hear of it, some twice, and sometimes none.
    for (const held of this.#held) {
      for (let copies = this.#dice.below(3); copies > 0; copies -= 1)
        held.splice(this.#dice.below(held.length + 1), 0, one);
    }
  }

  #relay(relayer: number): void {
    const held = this.#held[relayer] ?? [];
    const one = held.splice(this.#dice.below(held.length + 1), 1)[0];
    if (one === undefined) return;
    if (this.#inbox.states.has(one.id)) this.repeats += 1;
    this.#try({ kind: "arrive", ...one, isTaken: this.#dice.below(3) > 0, nowSeconds: this.#now });
  }

  #retryAny(): void {
    if (this.sent.length === 0) return;
    this.#retry(this.#dice.pick(this.sent), this.#dice.below(2) === 0);
  }

  #retry(one: Sent, isTaken: boolean): void {
    this.repeats += 1;
    const gas = { ownGas: 300_000, gasLimit: MESSAGE_GAS_MAX };
    this.#try({ kind: "retry", ...one, ...gas, isTaken, nowSeconds: this.#now });
  }

  /** A step that makes another inbox in which the message is delivered called its receiver, which took it. */
  #try(event: Exclude<InboxEvent, { readonly kind: "pause" }>): void {
    const before = this.#inbox;
    this.#event(event);
    if (this.#inbox === before || this.#inbox.states.get(event.id) !== "delivered") return;
    this.effects.set(event.id, (this.effects.get(event.id) ?? 0) + 1);
    this.#lockedWei -= event.corWei;
    this.#farWei += event.corWei;
    const window = Math.floor(this.#now / CAP.windowSeconds);
    this.byWindow.set(window, (this.byWindow.get(window) ?? 0n) + event.corWei);
  }

  #event(event: InboxEvent): void {
    const step = nextInbox(this.#inbox, event, CAP);
    if (step.kind === "moved") this.#inbox = step.state;
  }

  /** COR on both sides, and of what was sent and had no effect yet: by the effects, not by the states. */
  #note(): void {
    const inFlightWei = this.sent.reduce((sum, { id, corWei }) => sum + (this.effects.has(id) ? 0n : corWei), 0n);
    this.totalsWei.add(this.#nearWei + this.#farWei + inFlightWei);
    this.totalsWei.add(this.#nearWei + this.#farWei + this.#lockedWei);
  }
}

/** Plays one run by its seed. */
export function playLossyLink(seed: number): LossyRun {
  const link = new LossyLink(seed);
  for (let step = 0; step < STEPS; step += 1) link.step();
  link.settle();
  const { effects, totalsWei, byWindow, repeats } = link;
  return { effects, totalsWei, byWindow, repeats, sent: link.sent.map(({ id }) => id), capWei: CAP.capWei };
}

/** What of a run must never be, each in words: a message whose effect wasn't had exactly once, COR made or lost, a window beyond its cap. */
export function violationsOf({ sent, effects, totalsWei, byWindow, capWei }: LossyRun): readonly string[] {
  const ids = new Set(sent);
  return [
    ...(sent.length === 0 ? ["nothing was sent"] : []),
    ...sent.filter((id) => effects.get(id) !== 1).map((id) => `${id} had its effect ${effects.get(id) ?? 0} times`),
    ...[...effects.keys()].filter((id) => !ids.has(id)).map((id) => `${id} had an effect and was never sent`),
    ...[...totalsWei].filter((wei) => wei !== NEAR_WEI).map((wei) => `COR was ${wei}`),
    ...[...byWindow].filter(([, wei]) => wei > capWei).map(([window, wei]) => `window ${window} took ${wei}`),
  ];
}
