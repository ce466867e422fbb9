import { concatBytes, hexToBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";

const TAG = utf8ToBytes("draw-v1");
/** Tickets of one node. Each is a hash in every draw; beyond this an operator runs more nodes. */
export const DRAW_WEIGHT_MAX = 64;

export type DrawCandidate = {
  readonly node: Address;
  readonly owner: Address;
  /** Tickets, 1…64: by stake, so that splitting it over nodes gains none. */
  readonly weight: number;
};

/** What a draw is decided by. */
export type DrawSource = {
  /** Of the epoch in which it is drawn. */
  readonly beacon: Bytes32;
  /** What is drawn for: a task's id, a reservation's. Fixed before the beacon. */
  readonly subject: Bytes32;
  /** Draws of several kinds for one subject don't depend on each other. */
  readonly purpose: number;
};

/**
 * All candidates in the order in which they are drawn, a pure function of the beacon: whoever holds the lowest ticket comes first, then the lowest
 * of the others. The first of several candidates is each of them with a chance of its weight ÷ all weights, and so on among the rest, exactly.
 * A candidate more or less changes nobody else's place among the others, and their order of listing doesn't matter.
 *
 * Throws PROTOCOL_OUT_OF_RANGE for a weight that can't be, or a node that is listed twice.
 */
export function drawOrder<Each extends DrawCandidate>(
  candidates: readonly Each[],
  source: DrawSource,
): readonly Each[] {
  if (new Set(candidates.map(({ node }) => node)).size !== candidates.length) refuse("node", "listed twice", "once");
  return candidates
    .map((candidate) => ({ candidate, ticket: lowestTicket(candidate, source) }))
    .sort((left, right) => (left.ticket < right.ticket ? -1 : 1))
    .map(({ candidate }) => candidate);
}

/** The lowest of a node's tickets; ticket k is `keccak256("draw-v1" ‖ purpose u8 ‖ beacon ‖ subject ‖ node ‖ k u8)`, as a number. */
export function lowestTicket(
  { node, weight }: Pick<DrawCandidate, "node" | "weight">,
  { beacon, subject, purpose }: DrawSource,
): Bytes32 {
  if (!Number.isInteger(weight) || weight < 1 || weight > DRAW_WEIGHT_MAX)
    refuse("weight", String(weight), `1…${DRAW_WEIGHT_MAX}`);
  if (!Number.isInteger(purpose) || purpose < 0 || purpose > 255) refuse("purpose", String(purpose), "0…255");
  const head = concatBytes(TAG, Uint8Array.of(purpose), hexToBytes(beacon), hexToBytes(subject), hexToBytes(node));
  let lowest = keccak256(concatBytes(head, Uint8Array.of(0)));
  for (let index = 1; index < weight; index += 1) {
    const ticket = keccak256(concatBytes(head, Uint8Array.of(index)));
    // Hex of one length and case sorts as its number does.
    if (ticket < lowest) lowest = ticket;
  }
  return lowest;
}

function refuse(field: string, value: string, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value, range });
}
