import { keccak256, utf8ToBytes } from "../bytes.js";
import type { Bytes32, Hex } from "../primitives.js";
import type { SolanaTill } from "../solana/creditSolanaDeposit.js";
import type { SolanaDeposit } from "../solana/solanaDeposit.js";

/** A key, hash or id of Solana's by a name. */
export function aKey(name: string): Bytes32 {
  return keccak256(utf8ToBytes(name));
}

/** A till of whole units of ten to nine, whose windows of 100 s let ten through. */
export const solanaTill: SolanaTill = {
  genesisHash: aKey("genesis"),
  vault: aKey("vault"),
  mint: aKey("mint"),
  decimals: 9,
  chainId: 31_337,
  network: `0x${"11".repeat(20)}`,
  capWei: 10n ** 10n,
  windowSeconds: 100,
};

/** The deposit of a number, of `number + 1` units. */
export function aSolanaDeposit(number: number): SolanaDeposit {
  const { genesisHash, vault, mint, chainId, network } = solanaTill;
  const half = aKey(`signature ${number}`);
  const signature: Hex = `${half}${half.slice(2)}`;
  const to = { kind: "session", account: 7 } as const;
  return {
    genesisHash,
    signature,
    instruction: number % 4,
    vault,
    mint,
    amount: BigInt(number + 1),
    chainId,
    network,
    to,
    nonce: BigInt(number),
  };
}
