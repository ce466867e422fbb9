import { type Bytes32, concatBytes, hexToBytes, keccak256, keccak256Bytes, utf8ToBytes } from "@cortensor/protocol";
import { hashFile } from "./hashFile.js";
import { readGgufHeader } from "./readGgufHeader.js";

/** What makes a model the same model everywhere. */
export type ModelRecord = {
  /** SHA-256 of the file, hex without prefix. */
  readonly fileSha256: string;
  /** The chat template as the file holds it; empty where it holds none. */
  readonly chatTemplate: string;
  readonly quantisation: string;
};

/** `keccak256(SHA-256 of the file ‖ keccak256(template) ‖ keccak256(quantisation))`. */
export function modelIdOf(record: ModelRecord): Bytes32 {
  const text = (value: string): Uint8Array => keccak256Bytes(utf8ToBytes(value));
  return keccak256(
    concatBytes(hexToBytes(`0x${record.fileSha256}`), text(record.chatTemplate), text(record.quantisation)),
  );
}

/** The id of a model file, for whoever must name it without running it. */
export async function readModelId(path: string): Promise<Bytes32> {
  const { chatTemplate = "", quantisation } = await readGgufHeader(path);
  return modelIdOf({ fileSha256: await hashFile(path), chatTemplate, quantisation });
}
