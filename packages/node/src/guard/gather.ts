import {
  type Address,
  type AttestationKind,
  attestationSigner,
  type Eip712Domain,
  type Equivocation,
  type GuardSet,
  hasCode,
  type SignedAttestation,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { AskPeer } from "./askPeer.js";
import type { GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import type { SeenSignatures } from "./seenSignatures.js";
import type { AttestationKey } from "./signatureBook.js";

export type GatherParts = {
  readonly chain: Pick<GuardChain, "readGuardEndpoints">;
  readonly self: Address;
  readonly domain: Eip712Domain;
  readonly askPeer: AskPeer;
  readonly seen: SeenSignatures;
  /** Told of each guard that signed two roots. */
  readonly onEquivocation: (proof: Equivocation) => void;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/**
 * Asks every other guard of a set what it shows of these kinds, and keeps what is a guard's signature. Gives the kinds of which everybody has shown a
 * signature of its own.
 */
export async function gather(
  request: { readonly set: GuardSet; readonly subjectChainId: number; readonly kinds: readonly AttestationKind[] },
  parts: GatherParts,
): Promise<ReadonlySet<AttestationKind>> {
  const { set, subjectChainId, kinds } = request;
  const { chain, self, seen } = parts;
  const members = set.members.map(({ guard }) => guard);
  const peers = await chain.readGuardEndpoints(members.filter((guard) => guard !== self));
  const asked = [...peers.values()].flatMap((endpoint) =>
    kinds.map((kind) => ask(endpoint, { subjectChainId, kind, epoch: set.epoch }, { ...parts, members })),
  );
  await Promise.all(asked);
  const isWhole = (kind: AttestationKind): boolean => {
    const shown = new Set(seen.of({ epoch: set.epoch, kind }).map(({ guard }) => guard));
    return members.every((guard) => guard === self || shown.has(guard));
  };
  return new Set(kinds.filter(isWhole));
}

async function ask(
  endpoint: string,
  key: AttestationKey,
  parts: GatherParts & { readonly members: readonly Address[] },
): Promise<void> {
  const shown = await parts.askPeer({ endpoint, key });
  if (shown === undefined) return;
  for (const { guard, ...signed } of shown) {
    if (!parts.members.includes(guard) || parts.seen.has(guard, signed)) continue;
    if (!isOf(guard, signed, parts.domain)) {
      parts.log.debug("A peer shows a signature that is another's", { endpoint, guard });
      continue;
    }
    const proof = parts.seen.add(signed, guard);
    parts.metrics.gathered.add({ kind: key.kind });
    if (proof !== undefined) parts.onEquivocation(proof);
  }
}

function isOf(guard: Address, signed: SignedAttestation, domain: Eip712Domain): boolean {
  try {
    return attestationSigner(domain, signed) === guard;
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return false;
    throw error;
  }
}
