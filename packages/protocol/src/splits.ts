import { keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import { assert } from "./errors.js";
import type { Bytes32 } from "./primitives.js";
import type { Payee } from "./receipt.js";

/** Shares are counted in basis points of a fee. */
export const BPS = 10_000;

/** The validation mode that sets price and splits. */
export const SESSION_CLASSES = ["unvalidated", "validated"] as const;
export type SessionClass = (typeof SESSION_CLASSES)[number];

/** Who has which part of a fee, in basis points; together 10,000. `Splits.sol` has the same table, bound by `vectors/splits.json`. */
export type Splits = {
  readonly minersBps: number;
  readonly validatorsBps: number;
  readonly routerBps: number;
  readonly treasuryBps: number;
  readonly modelOwnerBps: number;
};

/** What a model's owner has, out of the miners' part. */
const MODEL_OWNER_BPS = 500;
const ROUTER_AND_TREASURY = { routerBps: 500, treasuryBps: 300 } as const;
const WITHOUT_OWNER: Record<SessionClass, Splits> = {
  unvalidated: { minersBps: 9_200, validatorsBps: 0, ...ROUTER_AND_TREASURY, modelOwnerBps: 0 },
  validated: { minersBps: 8_300, validatorsBps: 900, ...ROUTER_AND_TREASURY, modelOwnerBps: 0 },
};

const table = new Map<Bytes32, Splits>();
for (const sessionClass of SESSION_CLASSES) {
  for (const hasModelOwner of [false, true]) {
    const splits = splitsOf({ sessionClass, hasModelOwner });
    assert(Object.values(splits).reduce((sum, bps) => sum + bps, 0) === BPS, "splits sum to the whole");
    table.set(splitsHash(splits), splits);
  }
}

export function splitsOf(of: { readonly sessionClass: SessionClass; readonly hasModelOwner: boolean }): Splits {
  const splits = WITHOUT_OWNER[of.sessionClass];
  if (!of.hasModelOwner) return splits;
  return { ...splits, minersBps: splits.minersBps - MODEL_OWNER_BPS, modelOwnerBps: MODEL_OWNER_BPS };
}

/** `keccak256(abi.encode(miners, validators, router, treasury, modelOwner))`: a receipt's word for its splits. */
export function splitsHash(splits: Splits): Bytes32 {
  const { minersBps, validatorsBps, routerBps, treasuryBps, modelOwnerBps } = splits;
  const writer = new ByteWriter();
  for (const bps of [minersBps, validatorsBps, routerBps, treasuryBps, modelOwnerBps]) writer.uint("bps", bps, 32);
  return keccak256(writer.toBytes());
}

/** The splits that a receipt's word stands for. Undefined for a word that isn't in the table: nobody can tell what such a receipt pays. */
export function findSplits(hash: Bytes32): Splits | undefined {
  return table.get(hash);
}

/** A miner's net of what a receipt says that its segment costs: rounded down. */
export function netWei(wei: bigint, splits: Pick<Splits, "minersBps">): bigint {
  return shareWei(wei, splits.minersBps);
}

/** What each party has of one fee. Together exactly the fee. */
export type FeeShares = {
  /** One per payee entry, in their order. */
  readonly netWei: readonly bigint[];
  readonly validatorsWei: bigint;
  readonly treasuryWei: bigint;
  readonly modelOwnerWei: bigint;
  /** The router's share, and what rounding left of the others'. */
  readonly operatorWei: bigint;
};

/** Divides a receipt's fee, the sum of its payees' wei. Every share is rounded down but the operator's, which has the rest. */
export function sharesOf(payees: readonly Pick<Payee, "wei">[], splits: Splits): FeeShares {
  const feeWei = payees.reduce((sum, { wei }) => sum + wei, 0n);
  const nets = payees.map(({ wei }) => netWei(wei, splits));
  const validatorsWei = shareWei(feeWei, splits.validatorsBps);
  const treasuryWei = shareWei(feeWei, splits.treasuryBps);
  const modelOwnerWei = shareWei(feeWei, splits.modelOwnerBps);
  const givenWei = nets.reduce((sum, net) => sum + net, validatorsWei + treasuryWei + modelOwnerWei);
  return { netWei: nets, validatorsWei, treasuryWei, modelOwnerWei, operatorWei: feeWei - givenWei };
}

function shareWei(wei: bigint, bps: number): bigint {
  return (wei * BigInt(bps)) / BigInt(BPS);
}
