import type { SignedTokens } from "@cortensor/proof";
import {
  type Eip712Domain,
  isSignedByMiner,
  type Payee,
  type ProvenCheckpoint,
  type SegmentBody,
  tokenRootOf,
} from "@cortensor/protocol";

/** What is known of a paid segment whose miner was given up before its result. */
export type GivenUpSegment =
  /** Its miner signed these tokens, and a later body holds them. */
  | { readonly kind: "signed"; readonly tokens: SignedTokens }
  /** No checkpoint of its miner's is shown: it died before one was signed, or the router keeps it back. */
  | { readonly kind: "unsigned"; readonly payee: Payee }
  /** The router shows a checkpoint that the miner didn't sign, or that is of other tokens than were handed over. */
  | { readonly kind: "badCheckpoint"; readonly payee: Payee };

/**
 * A receipt's paid segments without a result, as far as a shown body of their replica holds their tokens. Each is given the checkpoint that stands for it, if
 * its miner's signature and its token root say that it does. Pure.
 */
export function givenUpSegments(parts: {
  readonly payees: readonly Payee[];
  readonly bodies: readonly SegmentBody[];
  readonly checkpoints: readonly ProvenCheckpoint[];
  /** The Registry's. */
  readonly domain: Eip712Domain;
}): readonly GivenUpSegment[] {
  const { payees, bodies, checkpoints, domain } = parts;
  return payees.flatMap((payee): readonly GivenUpSegment[] => {
    const later = bodyBehind(bodies, payee);
    if (later === undefined || payee.to <= payee.from) return [];
    const proven = checkpoints.find(({ checkpoint }) => isOf(checkpoint, payee, later));
    if (proven === undefined) return [{ kind: "unsigned", payee }];
    const { position: to, tokenRoot } = proven.checkpoint;
    const isWhole = to > payee.from && to <= payee.to && tokenRoot === tokenRootOf(later.committed.slice(0, to));
    if (!isWhole || !isSignedByMiner(proven, domain)) return [{ kind: "badCheckpoint", payee }];
    const { miner, replica, segment, from } = payee;
    return [{ kind: "signed", tokens: { miner, replica, segment, from, to } }];
  });
}

/** The first shown body of a later segment, if the payee's own isn't shown. */
function bodyBehind(bodies: readonly SegmentBody[], { replica, segment, to }: Payee): SegmentBody | undefined {
  const own = bodies.filter(({ result }) => result.replica === replica);
  if (own.some(({ result }) => result.segment === segment)) return undefined;
  return own
    .filter(({ result, committed }) => result.segment > segment && committed.length >= to)
    .sort((left, right) => left.result.segment - right.result.segment)[0];
}

function isOf(
  { taskId, miner, replica, segment }: ProvenCheckpoint["checkpoint"],
  payee: Payee,
  { result }: SegmentBody,
) {
  return taskId === result.taskId && miner === payee.miner && replica === payee.replica && segment === payee.segment;
}
