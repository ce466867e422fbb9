import { ProtocolError } from "../errors.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { type Prekey, prekeyBundleHash, prekeyBundleSigner, type SignedPrekeyBundle } from "./prekeyBundle.js";
import {
  isPrekeyAccepted,
  type PrekeyTimes,
  prekeyDestroyedAt,
  prekeyEpochAt,
  prekeyEpochStart,
} from "./prekeyRotation.js";
import type { SealSuite } from "./sealSuite.js";

/** What a client knows, from the chain and from its own wish, when it is handed a bundle. */
export type PrekeyFacts = {
  readonly chainId: number;
  readonly registry: Address;
  /** The miner of the assignment. */
  readonly miner: Address;
  /** What the chain holds for that miner and the bundle's prekey epoch; undefined where it holds nothing. */
  readonly chainHash: Bytes32 | undefined;
  /** The suite that the client asks for: no other will do. */
  readonly suite: SealSuite;
  readonly times: PrekeyTimes;
  /** Chain time. */
  readonly nowSeconds: UnixSeconds;
};

/** Why a bundle may not be sealed to. */
export type PrekeyFault =
  | "otherChain"
  | "otherRegistry"
  | "otherMiner"
  | "wrongSigner"
  | "notYet"
  | "expired"
  | "badTerm"
  | "notOnChain"
  | "otherHash"
  | "suiteAbsent";

/** The first thing that is wrong with it; undefined when the client may seal to it. */
export function prekeyFault(signed: SignedPrekeyBundle, facts: PrekeyFacts): PrekeyFault | undefined {
  const { bundle } = signed;
  if (bundle.chainId !== facts.chainId) return "otherChain";
  if (bundle.registry !== facts.registry) return "otherRegistry";
  if (bundle.node !== facts.miner) return "otherMiner";
  if (!isSignedByItsNode(signed)) return "wrongSigner";
  const term = termFault(signed, facts);
  if (term !== undefined) return term;
  if (facts.chainHash === undefined) return "notOnChain";
  if (prekeyBundleHash(bundle) !== facts.chainHash) return "otherHash";
  return prekeyOf(signed, facts.suite) === undefined ? "suiteAbsent" : undefined;
}

/** Undefined where the miner has no key of that suite. Another is never given in its place. */
export function prekeyOf({ bundle }: SignedPrekeyBundle, suite: SealSuite): Prekey | undefined {
  return bundle.keys.find((key) => key.suite === suite);
}

/** A bundle may say less than the rotation allows it, never more. */
function termFault({ bundle }: SignedPrekeyBundle, facts: PrekeyFacts): "badTerm" | "notYet" | "expired" | undefined {
  const { times, nowSeconds } = facts;
  const { prekeyEpoch, validFrom, validTo } = bundle;
  const isWithin =
    validFrom >= prekeyEpochStart(times, prekeyEpoch) && validTo <= prekeyDestroyedAt(times, prekeyEpoch);
  if (!isWithin || validFrom >= validTo) return "badTerm";
  if (prekeyEpoch > prekeyEpochAt(times, nowSeconds) || nowSeconds < validFrom) return "notYet";
  return isPrekeyAccepted(times, prekeyEpoch, nowSeconds) && nowSeconds < validTo ? undefined : "expired";
}

function isSignedByItsNode(signed: SignedPrekeyBundle): boolean {
  try {
    return prekeyBundleSigner(signed) === signed.bundle.node;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
