import type { Address, Bytes32, Hex } from "../../src/index.js";
import { readVectors } from "../readVectors.js";

/** What `makeVectors.mjs` writes. */
export type SealingVectors = {
  readonly rfc9180: {
    readonly info: Hex;
    readonly ikmE: Hex;
    readonly ikmR: Hex;
    readonly pkRm: Hex;
    readonly skRm: Hex;
    readonly enc: Hex;
    readonly sharedSecret: Hex;
    readonly pt: Hex;
    readonly encryptions: readonly { readonly seq: number; readonly aad: Hex; readonly ct: Hex }[];
    readonly exports: readonly { readonly context: Hex; readonly value: Hex }[];
  };
  readonly bundle: {
    readonly chainId: number;
    readonly registry: Address;
    readonly node: Address;
    readonly prekeyEpoch: number;
    readonly validFrom: number;
    readonly validTo: number;
    readonly publicKey: Hex;
    readonly privateKey: Hex;
    readonly bytes: Hex;
    readonly hash: Bytes32;
    readonly typeString: string;
    readonly structHash: Bytes32;
    readonly digest: Bytes32;
    readonly signature: Hex;
  };
  readonly context: {
    readonly session: Bytes32;
    readonly ephemeral: Hex;
    readonly enc: Hex;
    readonly up: Hex;
    readonly down: Hex;
  };
  readonly commits: {
    readonly secret: Bytes32;
    readonly promptSalt: Bytes32;
    readonly promptCommit: Bytes32;
    readonly paramsHash: Bytes32;
    readonly promptBytes: Hex;
    readonly paramsBytes: Hex;
  };
  readonly answers: {
    readonly taskId: Bytes32;
    readonly answerSecret: Bytes32;
    readonly answerSalt: Bytes32;
    readonly rootStart: Bytes32;
    readonly output: Hex;
    readonly outCommit: Bytes32;
  };
  readonly envelope: {
    readonly dataKey: Hex;
    readonly nonce: Bytes32;
    readonly wrappedKey: Hex;
    readonly streamKey: Hex;
    readonly bytes: Hex;
  };
  readonly answer: {
    readonly nonce: Bytes32;
    readonly opening: Hex;
    readonly streamKey: Hex;
    readonly frames: readonly Hex[];
    readonly said: Hex;
  };
  readonly affinity: {
    readonly sessionKey: Hex;
    readonly filler: Hex;
    readonly modelId: Bytes32;
    readonly text: string;
    readonly tags: readonly Hex[];
  };
};

export const sealingVectors = (): SealingVectors => readVectors<SealingVectors>("vectors", "./sealing");
