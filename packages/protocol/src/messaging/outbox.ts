import { utf8ToBytes } from "../bytes.js";
import { guardsDomain, typedDataDigest } from "../eip712Domain.js";
import { keccak256Bytes } from "../keccak.js";
import { merkleTree, type WholeMerkleTree } from "../merkle.js";
import type { Bytes32 } from "../primitives.js";
import { WordWriter } from "../wordWriter.js";
import { type Message, type MessageWay, messageId, messageLeaf } from "./message.js";

export const OUTBOX_TYPE = "Outbox(uint64 srcChainId,address srcMessenger,uint64 epoch,bytes32 root)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(OUTBOX_TYPE));
const writer = new WordWriter(5);

/** What a guard signs of a way's outbox of one epoch: under the domain of the messenger that takes it. */
export function outboxDigest(way: MessageWay, { epoch, root }: { readonly epoch: number; readonly root: Bytes32 }) {
  const hash = writer
    .begin(TYPE_HASH)
    .uint64("srcChainId", way.src)
    .address(way.srcMessenger)
    .uint64("epoch", epoch)
    .bytes32(root)
    .hash();
  return typedDataDigest(guardsDomain({ chainId: way.dst, guards: way.dstMessenger }), hash);
}

/** The tree of messages by their ids, in the order of their numbers. Throws PROTOCOL_BAD_TREE for none. */
export function outboxTree(way: MessageWay, messages: readonly Message[]): WholeMerkleTree {
  return merkleTree(messages.map((message) => messageLeaf(messageId(way, message))));
}
