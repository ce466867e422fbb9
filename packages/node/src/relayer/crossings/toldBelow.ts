import {
  type LayerCrossing,
  type NodeStanding,
  openNodeReport,
  openStakeReport,
  readReportedBlock,
  readSent,
  type SentMessage,
  wayOf,
} from "@cortensor/chain";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { FollowedState } from "./followedState.js";

/** A message of ours by the block that it was sent in. */
type Said = { readonly sequence: number; readonly blockNumber: number };

/** What a chain's messages told the layer below: the last of each node and operator, and the last block. */
export type ToldBelow = {
  readonly nodes: ReadonlyMap<Address, Said & { readonly standing: NodeStanding }>;
  readonly stakes: ReadonlyMap<Address, Said>;
  readonly block: { readonly blockHash: Bytes32; readonly sentIn: number } | undefined;
};

const NOTHING: ToldBelow = { nodes: new Map(), stakes: new Map(), block: undefined };

/** Follows what a crossing's parent sends. */
export function followToldBelow(
  crossing: LayerCrossing,
  finalityBlocks: number,
): FollowedState<ToldBelow, SentMessage> {
  const { parent, child } = crossing;
  const way = wayOf({ src: parent, dst: child });
  return new FollowedState({
    ...{ fromBlock: parent.fromBlock, finalityBlocks, empty: NOTHING },
    read: (blocks) => readSent(parent, way, blocks),
    fold: (told, messages) => foldMessages(crossing, told, messages),
  });
}

function foldMessages(
  { nodes: { reporter }, stakes }: LayerCrossing,
  told: ToldBelow,
  messages: readonly SentMessage[],
) {
  const next = { nodes: new Map(told.nodes), stakes: new Map(told.stakes), block: told.block };
  for (const { from, body, blockNumber } of messages) {
    if (from === reporter) {
      const { signer, ...said } = openNodeReport(body);
      next.nodes.set(signer, { ...said, blockNumber });
    } else if (from === stakes?.vault) {
      const { operator, sequence } = openStakeReport(body);
      next.stakes.set(operator, { sequence, blockNumber });
    } else if (from === stakes?.blockReporter) {
      next.block = { blockHash: readReportedBlock(body), sentIn: blockNumber };
    }
  }
  return next;
}
