import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { VERDICT_OUTCOMES, type VerdictOutcome } from "./verdict.js";

const TAG = "duty-verdicts-v1";
/** Duties of one validator in one epoch of which it can show what it found: the contract takes 4,096 bytes. */
export const DUTY_OUTCOMES_MAX = 8_192;
const HALF = 16;

/**
 * What a validator found of each of its duties, by task: half a byte each, the higher half first. 0: nothing, a duty missed; else the outcome's number
 * + 1. The last half of an odd number is 0. Throws PROTOCOL_OUT_OF_RANGE for more than can be shown.
 */
export function encodeOutcomes(outcomes: readonly (VerdictOutcome | undefined)[]): Uint8Array {
  if (outcomes.length > DUTY_OUTCOMES_MAX) {
    const value = String(outcomes.length);
    throw new ProtocolError({
      code: "PROTOCOL_OUT_OF_RANGE",
      field: "outcomes",
      value,
      range: `0…${DUTY_OUTCOMES_MAX}`,
    });
  }
  const bytes = new Uint8Array(Math.ceil(outcomes.length / 2));
  for (const [index, outcome] of outcomes.entries()) {
    const half = outcome === undefined ? 0 : VERDICT_OUTCOMES.indexOf(outcome) + 1;
    const at = Math.floor(index / 2);
    bytes[at] = (bytes[at] ?? 0) + (index % 2 === 0 ? half * HALF : half);
  }
  return bytes;
}

/**
 * What bytes say of so many duties, and of at most so many tasks behind them that the beacon drew to be opened: who says nothing of those may leave them out. Undefined for
 * bytes that `encodeOutcomes` wouldn't have written for as many: they say nothing.
 */
export function decodeOutcomes(
  bytes: Uint8Array,
  duties: number,
  openings = 0,
): readonly (VerdictOutcome | undefined)[] | undefined {
  const [least, most] = [Math.ceil(duties / 2), Math.ceil((duties + openings) / 2)];
  if (bytes.length < least || bytes.length > most) return undefined;
  const halves = [...bytes].flatMap((byte) => [Math.floor(byte / HALF), byte % HALF]);
  const isWritten = halves.every((half, index) => half <= (index < duties + openings ? VERDICT_OUTCOMES.length : 0));
  return isWritten ? halves.slice(0, duties + openings).map((half) => VERDICT_OUTCOMES[half - 1]) : undefined;
}

/**
 * `keccak256("duty-verdicts-v1" ‖ chainId u256 ‖ epoch u64 ‖ validator ‖ documentCid ‖ outcomes)`: what is posted before anybody shows anything. The
 * document has a fresh salt in each verdict, so its CID can't be guessed, and neither can what this opens to; of one validator, a copied one
 * opens for nobody.
 */
export function dutyVerdictsCommitment(parts: {
  readonly chainId: number;
  readonly epoch: number;
  readonly validator: Address;
  readonly documentCid: Bytes32;
  readonly outcomes: Uint8Array;
}): Bytes32 {
  const { chainId, epoch, validator, documentCid, outcomes } = parts;
  const writer = new ByteWriter().tag(TAG).uint("chainId", chainId, 32).uint("epoch", epoch, 8);
  return keccak256(writer.hex(validator, 20).hex(documentCid, 32).bytes(outcomes).toBytes());
}
