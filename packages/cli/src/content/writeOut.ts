import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Writes a stream into a file, which is there only when it is whole. */
export async function writeOut(source: AsyncIterable<Uint8Array>, out: string, signal: AbortSignal): Promise<void> {
  const partial = `${out}.partial`;
  try {
    await pipeline(source, createWriteStream(partial), { signal });
    await rename(partial, out);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
