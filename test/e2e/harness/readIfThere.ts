import { readFileSync } from "node:fs";

/** A file's bytes, none when it is gone: a running server removes files of its own while others are read. */
export function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
