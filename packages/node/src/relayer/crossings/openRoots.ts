import {
  type AnchorRef,
  type LayerCrossing,
  type PostedAttestation,
  readAnchorRoot,
  readAttestations,
  readSentAnchors,
  type SentAnchor,
} from "@cortensor/chain";
import { type Blocks, FollowedState } from "./followedState.js";

/** An anchor that a root was sent in. */
export type RootAnchor = Pick<SentAnchor, "number" | "blockNumber">;
/** An attested root, and the last anchor that it was sent in. */
export type OpenRoot = { readonly ref: AnchorRef; readonly anchor?: RootAnchor };
type Roots = ReadonlyMap<string, OpenRoot>;
type Item = { readonly attested?: PostedAttestation; readonly sent?: SentAnchor };

/** Which roots are attested below and aren't on the L1. */
export class OpenRoots {
  readonly #crossing: LayerCrossing;
  readonly #roots: FollowedState<Roots, Item>;

  constructor(crossing: LayerCrossing, finalityBlocks: number) {
    this.#crossing = crossing;
    this.#roots = new FollowedState({
      ...{ fromBlock: crossing.child.fromBlock, finalityBlocks, empty: new Map() },
      read: (blocks) => this.#read(blocks),
      fold: foldRoots,
    });
  }

  /** Up to a block of the layer below, as they stand on the L1 now. */
  async readTo(head: number): Promise<readonly OpenRoot[]> {
    const { parent, anchoring } = this.#crossing;
    if (anchoring === undefined) return [];
    const roots = [...(await this.#roots.readTo(head)).values()];
    const numbers = [...new Set(roots.flatMap(({ anchor }) => anchor?.number ?? []))];
    const arrived = new Set<number>();
    for (const number of numbers) {
      const root = await readAnchorRoot(parent.client, { anchors: anchoring.anchors, number });
      if (root !== undefined) arrived.add(number);
    }
    const isOpen = ({ anchor }: OpenRoot) => anchor === undefined || !arrived.has(anchor.number);
    this.#roots.forget((settled) => new Map([...settled].filter(([, root]) => isOpen(root))));
    return roots.filter(isOpen);
  }

  async #read({ fromBlock, toBlock }: Blocks): Promise<readonly Item[]> {
    const { child, anchoring } = this.#crossing;
    if (anchoring === undefined) return [];
    const range = { fromBlock: BigInt(fromBlock), toBlock: BigInt(toBlock) };
    const chain = { client: child.client, profile: { addresses: { attestations: anchoring.attestations } } };
    const [attested, sent] = await Promise.all([
      readAttestations(chain, range),
      readSentAnchors(child.client, { anchorSender: anchoring.sender, ...range }),
    ]);
    // A root is attested before it is sent: whatever the order within a piece, this one is right.
    return [...attested.map((one) => ({ attested: one })), ...sent.map((one) => ({ sent: one }))];
  }
}

function foldRoots(roots: Roots, items: readonly Item[]): Roots {
  const next = new Map(roots);
  for (const { attested, sent } of items) {
    if (attested !== undefined) {
      const { subjectChainId, kind, epoch } = attested;
      const ref = { subjectChainId, kind, epoch };
      next.set(keyOf(ref), { ref });
    }
    if (sent === undefined) continue;
    const { number, blockNumber, refs } = sent;
    for (const ref of refs) {
      // One that is on the L1 was left out: sent again, it is nobody's concern.
      if (next.has(keyOf(ref))) next.set(keyOf(ref), { ref, anchor: { number, blockNumber } });
    }
  }
  return next;
}

function keyOf({ subjectChainId, kind, epoch }: AnchorRef): string {
  return `${subjectChainId} ${kind} ${epoch}`;
}
