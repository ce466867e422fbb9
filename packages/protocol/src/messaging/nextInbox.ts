import { isSecond, moved, refused, type Step } from "../machine/step.js";
import type { Bytes32, UnixSeconds } from "../primitives.js";
import { MESSAGE_GAS_MAX } from "./limits.js";

/** Where a message stands that came: held while deliveries were paused, failed by its receiver, or delivered for good. */
export type MessageState = "held" | "failed" | "delivered";

/** COR that may come in within one window. Without one, as much as comes. */
export type InboxCap = { readonly capWei: bigint; readonly windowSeconds: number };

/** One end of a link, as far as messages come in. */
export type Inbox = {
  readonly isPaused: boolean;
  /** Of each id that came. A message that has to wait for a window isn't there. */
  readonly states: ReadonlyMap<Bytes32, MessageState>;
  /** Of the window that `window` names, which begins at `window × windowSeconds`. */
  readonly window: number;
  readonly movedWei: bigint;
};

export const EMPTY_INBOX: Inbox = { isPaused: false, states: new Map(), window: 0, movedWei: 0n };

/** A try to deliver: what the message moves, and whether its receiver takes it. */
export type DeliveryTry = {
  readonly id: Bytes32;
  readonly corWei: bigint;
  readonly isTaken: boolean;
  readonly nowSeconds: UnixSeconds;
};

export type InboxEvent =
  /** A relayer, or what carries messages between the chains, hands in what the other end sent. */
  | ({ readonly kind: "arrive" } & DeliveryTry)
  /** Anyone tries again what is held or failed, with its own gas or more. */
  | ({ readonly kind: "retry"; readonly ownGas: number; readonly gasLimit: number } & DeliveryTry)
  | { readonly kind: "pause"; readonly isPaused: boolean };

export type InboxRefusal = "paused" | "notRetryable" | "gasOutOfBounds" | "clockBad";

/**
 * What a messenger makes of what comes in: each message is delivered once, however often it arrives, in whatever order. `LinkMessenger` is the same in
 * a contract. A message that arrives again, or waits for a window, changes nothing and isn't refused: its batch goes on.
 */
export function nextInbox(
  inbox: Inbox,
  event: InboxEvent,
  cap: InboxCap | undefined = undefined,
): Step<Inbox, InboxRefusal> {
  if (event.kind === "pause") return moved({ ...inbox, isPaused: event.isPaused });
  if (!isSecond(event.nowSeconds) || windowAt(cap, event.nowSeconds) < inbox.window) return refused("clockBad");
  const state = inbox.states.get(event.id);
  if (event.kind === "arrive") {
    if (state !== undefined) return moved(inbox);
    return moved(inbox.isPaused ? withState(inbox, event.id, "held") : deliver(inbox, event, cap));
  }
  if (inbox.isPaused) return refused("paused");
  if (state === undefined || state === "delivered") return refused("notRetryable");
  if (event.gasLimit < event.ownGas || event.gasLimit > MESSAGE_GAS_MAX) return refused("gasOutOfBounds");
  return moved(deliver(inbox, event, cap));
}

function deliver(inbox: Inbox, { id, corWei, isTaken, nowSeconds }: DeliveryTry, cap: InboxCap | undefined): Inbox {
  const window = windowAt(cap, nowSeconds);
  const before = window === inbox.window ? inbox.movedWei : 0n;
  if (cap !== undefined && before + corWei > cap.capWei) return inbox;
  if (!isTaken) return withState(inbox, id, "failed");
  return { ...withState(inbox, id, "delivered"), window, movedWei: before + corWei };
}

function withState(inbox: Inbox, id: Bytes32, state: MessageState): Inbox {
  return { ...inbox, states: new Map([...inbox.states, [id, state]]) };
}

function windowAt(cap: InboxCap | undefined, nowSeconds: UnixSeconds): number {
  return cap === undefined ? 0 : Math.floor(nowSeconds / cap.windowSeconds);
}
