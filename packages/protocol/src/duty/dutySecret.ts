import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { type Address, type Bytes32, isAddress } from "../primitives.js";

const TAG = "duty-secret-v1";
const WHAT = "duty secrets";

/** Of what a validator's duties of an epoch are drawn by: posted before the epoch begins. */
export type DutyCommit = { readonly validator: Address; readonly commitment: Bytes32 };
/** What it committed to: shown once no result of the epoch can be changed any more. */
export type DutyReveal = { readonly validator: Address; readonly secret: Bytes32 };

/** `keccak256("duty-secret-v1" ‖ chainId u256 ‖ epoch u64 ‖ validator ‖ secret)`. Of one network, epoch and validator: a copied one opens for nobody. */
export function dutyCommitment(parts: {
  readonly chainId: number;
  /** Whose results are drawn from. */
  readonly epoch: number;
  readonly validator: Address;
  readonly secret: Bytes32;
}): Bytes32 {
  const { chainId, epoch, validator, secret } = parts;
  const writer = new ByteWriter().tag(TAG).uint("chainId", chainId, 32).uint("epoch", epoch, 8);
  return keccak256(writer.hex(validator, 20).hex(secret, 32).toBytes());
}

/** The secrets of an epoch by validator, and who committed to one and didn't show it: nobody can see what that one had to do. */
export type DutySecrets = {
  readonly shown: ReadonlyMap<Address, Bytes32>;
  readonly missing: readonly Address[];
};

/**
 * Checks what was committed against what was shown. Throws PROTOCOL_BAD_RECORD for what a contract wouldn't have taken: two of one validator, a
 * secret that opens nothing, or one that another has shown. Two who share a secret would draw the same tasks.
 */
export function openDutySecrets(parts: {
  readonly chainId: number;
  readonly epoch: number;
  readonly commits: readonly DutyCommit[];
  readonly reveals: readonly DutyReveal[];
}): DutySecrets {
  const { chainId, epoch, commits, reveals } = parts;
  const committed = new Map(commits.map(({ validator, commitment }) => [validator, commitment]));
  const shown = new Map(reveals.map(({ validator, secret }) => [validator, secret]));
  if (![...committed.keys()].every(isAddress)) refuse("a validator that is no address");
  if (committed.size !== commits.length) refuse("two commitments of one validator");
  if (shown.size !== reveals.length) refuse("two secrets of one validator");
  if (new Set(shown.values()).size !== shown.size) refuse("one secret of two validators");
  for (const [validator, secret] of shown) {
    if (committed.get(validator) !== dutyCommitment({ chainId, epoch, validator, secret }))
      refuse("a secret that opens nothing");
  }
  return { shown, missing: [...committed.keys()].filter((validator) => !shown.has(validator)).sort() };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
