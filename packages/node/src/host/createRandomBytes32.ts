import { randomFillSync } from "node:crypto";
import type { Bytes32 } from "@cortensor/protocol";

const WORD_BYTES = 32;
/** Words drawn at once: a call of the machine's generator costs as much for one. */
const WORDS = 128;

/** Gives 32 fresh bytes of the machine's generator at each call, none twice. */
export function createRandomBytes32(fill: (bytes: Buffer) => void = randomFillSync): () => Bytes32 {
  const drawn = Buffer.alloc(WORDS * WORD_BYTES);
  let at = drawn.length;
  return () => {
    if (at === drawn.length) {
      fill(drawn);
      at = 0;
    }
    const word = drawn.toString("hex", at, at + WORD_BYTES);
    // What was given out is not kept: a salt hides a prompt.
    drawn.fill(0, at, at + WORD_BYTES);
    at += WORD_BYTES;
    return `0x${word}`;
  };
}
