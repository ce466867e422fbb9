import { hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { leafHash } from "../merkle.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { MESSAGE_BODY_BYTES_MAX, MESSAGE_GAS_MAX } from "./limits.js";

/** The two ends of one way: a link between two chains has two ways. */
export type MessageWay = {
  readonly src: number;
  readonly srcMessenger: Address;
  readonly dst: number;
  readonly dstMessenger: Address;
};

/** What one contract tells another over a way. */
export type Message = {
  /** Counts what the sending messenger sent, from 1. */
  readonly nonce: number;
  readonly from: Address;
  readonly to: Address;
  /** What its receiver is called with. */
  readonly gasLimit: number;
  readonly body: Hex;
};

/** Version 1 is the loopback's of one transaction, whose ids name neither messengers nor gas. */
const VERSION = 2;
const WORD = 32;

/**
 * `keccak256(2 ‖ src ‖ srcMessenger ‖ dst ‖ dstMessenger ‖ nonce ‖ from ‖ to ‖ gasLimit ‖ keccak256(body))`, a word each. No two messages of any two
 * ways share it: under it a messenger remembers that it delivered. Throws PROTOCOL_OUT_OF_RANGE for what no messenger sends.
 */
export function messageId(way: MessageWay, message: Message): Bytes32 {
  const bodyBytes = (message.body.length - 2) / 2;
  if (bodyBytes > MESSAGE_BODY_BYTES_MAX) range("body", bodyBytes, MESSAGE_BODY_BYTES_MAX);
  if (message.gasLimit > MESSAGE_GAS_MAX) range("gasLimit", message.gasLimit, MESSAGE_GAS_MAX);
  const writer = new ByteWriter().uint("version", VERSION, WORD).uint("src", uint64("src", way.src), WORD);
  writeAddress(writer, way.srcMessenger).uint("dst", uint64("dst", way.dst), WORD);
  writeAddress(writer, way.dstMessenger).uint("nonce", uint64("nonce", message.nonce), WORD);
  writeAddress(writeAddress(writer, message.from), message.to).uint("gasLimit", message.gasLimit, WORD);
  return keccak256(writer.hex(keccak256(hexToBytes(message.body)), WORD).toBytes());
}

/** A message's leaf in the tree whose root guards sign: `keccak256(id)`. */
export function messageLeaf(id: Bytes32): Bytes32 {
  return leafHash(id);
}

function writeAddress(writer: ByteWriter, address: Address): ByteWriter {
  return writer.uint("padding", 0, WORD - 20).hex(address, 20);
}

/** Counts and chain ids are whole and exact, though their words would hold more. */
function uint64(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) range(field, value, Number.MAX_SAFE_INTEGER);
  return value;
}

function range(field: string, value: number, most: number): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range: `0…${most}` });
}
