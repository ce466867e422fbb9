import { ByteReader } from "../byteReader.js";
import { bytesToHex, sha256Bytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Eip712Domain } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { DUTY_OUTCOMES_MAX } from "./dutyOutcomes.js";
import { decodeVerdict, encodeVerdict, type SignedVerdict, verdictSigner } from "./verdict.js";

const WHAT = "verdict document";
const VERSION = 1;
const VERDICT_BYTES = 166;
const HEAD_BYTES = 1 + 8 + 8 + 20 + 4;
/** A document's largest size. */
export const VERDICT_DOCUMENT_BYTES_MAX: number = HEAD_BYTES + DUTY_OUTCOMES_MAX * VERDICT_BYTES;

/** All that one validator found in the first tier of an epoch, each verdict signed: the reasons behind the outcomes that it shows on chain. */
export type VerdictDocument = {
  readonly chainId: number;
  readonly epoch: number;
  readonly validator: Address;
  /** By task, each once. */
  readonly verdicts: readonly SignedVerdict[];
};

/**
 * `version u8 = 1 ‖ chainId u64 ‖ epoch u64 ‖ validator ‖ count u32 ‖ verdicts of 166 bytes, by task`. Takes verdicts in any order. Throws
 * PROTOCOL_BAD_RECORD for none, more than there can be duties, a task twice, or a verdict of another tier.
 */
export function encodeVerdictDocument({ chainId, epoch, validator, verdicts }: VerdictDocument): Uint8Array {
  const ordered = [...verdicts].sort((left, right) => (left.verdict.taskId < right.verdict.taskId ? -1 : 1));
  const fault = verdictsFault(ordered);
  if (fault !== undefined) throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason: fault });
  const writer = new ByteWriter().uint("version", VERSION, 1).uint("chainId", chainId, 8).uint("epoch", epoch, 8);
  writer.hex(validator, 20).uint("verdicts", ordered.length, 4);
  for (const one of ordered) writer.bytes(encodeVerdict(one));
  return writer.toBytes().slice();
}

/** Reads a document. Throws PROTOCOL_BAD_RECORD for bytes that `encodeVerdictDocument` wouldn't have written. Signatures are the reader's to check. */
export function decodeVerdictDocument(bytes: Uint8Array): VerdictDocument {
  const reader = new ByteReader(bytes, WHAT);
  if (bytes.length > VERDICT_DOCUMENT_BYTES_MAX) reader.refuse("longer than any");
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const chainId = reader.uint("chainId", 8);
  const epoch = reader.uint("epoch", 8);
  const validator = reader.hex(20);
  const count = reader.uint("verdicts", 4);
  if (bytes.length !== HEAD_BYTES + count * VERDICT_BYTES) reader.refuse(`${count} verdicts in ${bytes.length} bytes`);
  const verdicts = Array.from({ length: count }, (_, index) =>
    decodeVerdict(bytes.subarray(HEAD_BYTES + index * VERDICT_BYTES, HEAD_BYTES + (index + 1) * VERDICT_BYTES)),
  );
  const fault = verdictsFault(verdicts);
  if (fault !== undefined) reader.refuse(fault);
  return { chainId, epoch, validator, verdicts };
}

/** Under which a document is served: its SHA-256. */
export function verdictDocumentCid(bytes: Uint8Array): Bytes32 {
  return bytesToHex(sha256Bytes(bytes));
}

/** Whether all verdicts of a document are its validator's own. */
export function isSignedDocument(domain: Eip712Domain, { validator, verdicts }: VerdictDocument): boolean {
  return verdicts.every((one) => {
    try {
      return verdictSigner(domain, one) === validator;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  });
}

function verdictsFault(verdicts: readonly SignedVerdict[]): string | undefined {
  if (verdicts.length === 0) return "no verdicts";
  if (verdicts.length > DUTY_OUTCOMES_MAX) return `${verdicts.length} verdicts`;
  if (verdicts.some(({ verdict }) => verdict.tier !== 1)) return "a verdict of another tier";
  const isOrdered = verdicts.every(
    ({ verdict }, index) => index === 0 || (verdicts[index - 1]?.verdict.taskId ?? "") < verdict.taskId,
  );
  return isOrdered ? undefined : "verdicts that aren't each of its own task, by task";
}
