import { type Bytes32, concatBytes, keccak256, keccak256Bytes, utf8ToBytes } from "@cortensor/protocol";

/** Everything that decides an engine's bits. Equal parts: replay of a recipe is bit-exact. */
export type KernelParts = {
  readonly engineVersion: string;
  /** SHA-256 over the native files actually loaded, hex. */
  readonly binaryHash: string;
  readonly backend: string;
  /** Instruction-set variant of the loaded CPU library, or the GPU's name. */
  readonly isaLevel: string;
  readonly kvType: string;
  /** How prompt and output are cut into evaluation steps. */
  readonly stepShape: string;
};

/** keccak256 of the keccak256 of each part, in this order. */
export function kernelClassOf(parts: KernelParts): Bytes32 {
  const { engineVersion, binaryHash, backend, isaLevel, kvType, stepShape } = parts;
  const fields = [engineVersion, binaryHash, backend, isaLevel, kvType, stepShape];
  return keccak256(concatBytes(...fields.map((field) => keccak256Bytes(utf8ToBytes(field)))));
}
