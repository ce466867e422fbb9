import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Address, type Bytes32, isAddress } from "../primitives.js";
import { isWhole } from "./step.js";

const TAG = "precommit-v1";

/** The contract that a precommit is made to. */
export type PrecommitDomain = { readonly chainId: number; readonly contract: Address };

/** Whether this names a chain and a contract. */
export function isPrecommitDomain({ chainId, contract }: PrecommitDomain): boolean {
  return isWhole(chainId, 1, Number.MAX_SAFE_INTEGER) && isAddress(contract);
}

/** What a precommit is bound to. On another chain, contract or task, or of another miner, it is another one: none can be copied. */
export type PrecommitParts = PrecommitDomain & {
  readonly taskId: Bytes32;
  readonly miner: Address;
  /** Fresh and secret until the commit: a short answer can't be guessed from its hash. */
  readonly salt: Bytes32;
  /** Of the miner's result. The answer itself never travels with a precommit. */
  readonly resultHash: Bytes32;
};

/** `keccak256("precommit-v1" ‖ chainId u256 ‖ contract ‖ taskId ‖ miner ‖ salt ‖ resultHash)`: what a miner posts before anyone shows an answer. */
export function precommitHash(parts: PrecommitParts): Bytes32 {
  return keccak256(
    new ByteWriter()
      .tag(TAG)
      .uint("chainId", parts.chainId, 32)
      .hex(parts.contract, 20)
      .hex(parts.taskId, 32)
      .hex(parts.miner, 20)
      .hex(parts.salt, 32)
      .hex(parts.resultHash, 32)
      .toBytes(),
  );
}

/** Whether a commit shows what was precommitted. */
export function opensPrecommit(precommit: Bytes32, parts: PrecommitParts): boolean {
  return precommitHash(parts) === precommit;
}
