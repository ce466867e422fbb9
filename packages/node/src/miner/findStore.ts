import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where the store's file has the mark of its format, little-endian. */
const MARK_AT = 24;
const MARK = 0xbeefc0de;

/** What is in a folder that a miner's store is looked for in. */
export type FoundStore =
  | { readonly kind: "store" }
  | { readonly kind: "missing" }
  | { readonly kind: "foreign"; readonly problem: string };

/** Whether a folder holds a miner's store. Creates nothing; a file of another format is never opened as one: that ends the process. */
export function findStore(folder: string): FoundStore {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return { kind: "missing" };
  if (!found.isDirectory()) return { kind: "foreign", problem: "is a file, not a folder" };
  const file = join(folder, "data.mdb");
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return { kind: "foreign", problem: "holds no data.mdb" };
  }
  return readMark(file) === MARK ? { kind: "store" } : { kind: "foreign", problem: "has a data.mdb of another format" };
}

/** Undefined for a file too short to have one. */
function readMark(file: string): number | undefined {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    return readSync(descriptor, bytes, 0, bytes.length, MARK_AT) === bytes.length ? bytes.readUInt32LE() : undefined;
  } finally {
    closeSync(descriptor);
  }
}
