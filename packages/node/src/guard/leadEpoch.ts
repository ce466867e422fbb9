import {
  type Address,
  type AttestationKind,
  type EpochRoot,
  encodeQuorum,
  type GuardSet,
  type GuardSignature,
  isQuorum,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { EpochReader } from "./epochReader.js";
import type { GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import type { SeenSignature, SeenSignatures } from "./seenSignatures.js";
import { settleRace } from "./settleRace.js";

export type LeadParts = {
  readonly chain: Pick<GuardChain, "postAttestation" | "readPosted">;
  readonly reader: EpochReader;
  readonly seen: SeenSignatures;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/** Posts each root of an epoch that this guard computed itself and that a quorum has signed. Whoever posts first wins; it is harmless to be second. */
export async function leadEpoch(
  at: { readonly set: GuardSet; readonly frozen: ReadonlySet<Address>; readonly kinds: readonly AttestationKind[] },
  parts: LeadParts,
): Promise<void> {
  const { set, frozen } = at;
  const { epoch } = set;
  await Promise.all(
    at.kinds.map(async (kind) => {
      const own = parts.reader.find(epoch)?.roots.get(kind);
      if (own === undefined) return;
      const signatures = chooseQuorum({ set, frozen, own, seen: parts.seen.of({ epoch, kind }) });
      if (signatures !== undefined) await post({ kind, own, packed: encodeQuorum(set, signatures) }, parts);
    }),
  );
}

/** The fewest signatures of a root that are a quorum, those of most stake first. Undefined when there are too few. */
export function chooseQuorum(of: {
  readonly set: GuardSet;
  readonly frozen: ReadonlySet<Address>;
  readonly own: Pick<EpochRoot, "root">;
  readonly seen: readonly SeenSignature[];
}): readonly GuardSignature[] | undefined {
  const { set, frozen, own, seen } = of;
  const byGuard = new Map(
    seen.filter(({ attestation }) => attestation.root === own.root).map(({ guard, signature }) => [guard, signature]),
  );
  return chooseSigners({ set, frozen, byGuard });
}

/** Of signatures of one root, the fewest that are a quorum, those of most stake first. Undefined when there are too few. */
export function chooseSigners(of: {
  readonly set: GuardSet;
  readonly frozen: ReadonlySet<Address>;
  readonly byGuard: ReadonlyMap<Address, GuardSignature["signature"]>;
}): readonly GuardSignature[] | undefined {
  const { set, frozen, byGuard } = of;
  const byStake = [...set.members].sort((left, right) => (left.stakeWei > right.stakeWei ? -1 : 1));
  const chosen: GuardSignature[] = [];
  for (const { guard } of byStake) {
    const signature = byGuard.get(guard);
    if (signature === undefined || frozen.has(guard)) continue;
    chosen.push({ guard, signature });
    if (isQuorum(set, new Set(chosen.map((one) => one.guard)))) return chosen;
  }
  return undefined;
}

async function post(
  { kind, own, packed }: { readonly kind: AttestationKind; readonly own: EpochRoot; readonly packed: Uint8Array },
  { chain, metrics, log }: LeadParts,
): Promise<void> {
  const { subjectChainId, epoch } = own.parts;
  const attestation = { subjectChainId, kind, epoch, root: own.root };
  const isThere = async () => (await chain.readPosted({ kind, epoch })) !== undefined;
  const outcome = await settleRace(() => chain.postAttestation({ attestation, packed }), isThere);
  metrics.posts.add({ outcome });
  log.info(outcome === "done" ? "Root posted" : "Root was posted before", { kind, epoch, root: own.root });
}
