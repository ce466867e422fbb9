import type { Bytes32, DrawWindow, UnixSeconds } from "@cortensor/protocol";

/** Bits of a ticket that a claim keeps: the leading ones. */
const KEPT_BITS = 96n;
const TICKET_BITS = 256n;
/** Part of the half of an epoch that claims, or draws, are spread over: the rest is for transactions to arrive in. */
const SPREAD = 0.6;

/** The first second of a draw's second half: no more claims, and the draw may be made. */
export function halfOf({ opensSeconds, closesSeconds }: DrawWindow): UnixSeconds {
  return opensSeconds + Math.floor((closesSeconds - opensSeconds) / 2);
}

/** When a node puts itself in: the lower its ticket, the earlier, so that whoever comes later sees whether it is needed. */
export function claimSecond(window: DrawWindow, ticket: Bytes32): UnixSeconds {
  return window.opensSeconds + spread(window, ticket);
}

/** When a node makes a draw, unless another has: by turns, so that not all of them try at once. */
export function drawSecond(window: DrawWindow, ticket: Bytes32): UnixSeconds {
  return halfOf(window) + spread(window, ticket);
}

/** What a claim keeps of a ticket. */
export function keptTicket(ticket: Bytes32): bigint {
  return BigInt(ticket) >> (TICKET_BITS - KEPT_BITS);
}

function spread(window: DrawWindow, ticket: Bytes32): number {
  const part = Number(BigInt(ticket) >> (TICKET_BITS - 32n)) / 2 ** 32;
  return Math.floor(part * SPREAD * (halfOf(window) - window.opensSeconds));
}
