import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";

/** Bytes of a disk's sector, in which file systems count what a file takes. */
const SECTOR_BYTES = 512;

/** Bytes that a folder's files take on the disk: holes take none. */
export function folderBytes(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce(
    (sum, { parentPath, name }) => sum + lstatSync(path.join(parentPath, name)).blocks * SECTOR_BYTES,
    0,
  );
}
