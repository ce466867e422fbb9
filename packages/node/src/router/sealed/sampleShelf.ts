import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Bytes32, isBytes32, SAMPLE_BYTES_MAX, type SealedSample, sealedSampleSchema } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { z } from "zod";

/** As long as guards hold the prekeys that shares are sealed to: afterwards nobody can open it. */
const KEPT_MS = 3 * 86_400_000;
/** Of all samples together: the oldest go first. */
const FOLDER_BYTES_MAX = 1_073_741_824;
/** Base64 and field names. */
const FILE_BYTES_MAX = 2 * SAMPLE_BYTES_MAX;
const NAME = /^(0x[0-9a-f]{64})\.json$/;

/** Sealed tasks whose keys were shared out, each in a file of its own: ciphertext that this router can't open. */
export type SampleShelf = {
  /** On the disk when it resolves. Too large a one is left out: nobody opens it then, and the log says so. */
  put(sample: SealedSample): Promise<void>;
  find(taskId: Bytes32): Promise<SealedSample | undefined>;
};

export function openSampleShelf(parts: {
  readonly folder: string;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Logger;
}): SampleShelf {
  const { folder, clock, log } = parts;
  /** Files and their sizes, the oldest first: read once. */
  let kept: Promise<Map<string, KeptFile>> | undefined;
  return {
    put: async (sample) => {
      const { taskId } = sample.result;
      const text = JSON.stringify(z.encode(sealedSampleSchema, sample));
      if (text.length > FILE_BYTES_MAX) {
        log.warn("A sealed task is too large to be opened later", { taskId, bytes: text.length });
        return;
      }
      kept ??= readFolder(folder).catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
      const files = await kept;
      const atMs = clock.nowMs();
      await makeRoom(files, { bytes: text.length, nowMs: atMs });
      const path = join(folder, `${taskId}.json`);
      files.set(path, { atMs, bytes: text.length });
      await writeSynced(path, text);
    },
    find: async (taskId) => {
      if (!isBytes32(taskId)) return undefined;
      const text = await readIfThere(join(folder, `${taskId}.json`));
      if (text === undefined) return undefined;
      const read = sealedSampleSchema.safeParse(JSON.parse(text));
      if (!read.success) log.error("A sealed task's file can't be read", { taskId });
      return read.success ? read.data : undefined;
    },
  };
}

type KeptFile = { readonly atMs: number; readonly bytes: number };

async function readFolder(folder: string): Promise<Map<string, KeptFile>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files: [string, KeptFile][] = [];
  for (const name of await readdir(folder)) {
    if (!NAME.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs, size } = await stat(path);
    files.push([path, { atMs: mtimeMs, bytes: size }]);
  }
  return new Map(files.sort(([, left], [, right]) => left.atMs - right.atMs));
}

/** Removes what is too old, and, where there would be too much, the oldest. */
async function makeRoom(
  files: Map<string, KeptFile>,
  { bytes, nowMs }: { readonly bytes: number; readonly nowMs: number },
): Promise<void> {
  let held = [...files.values()].reduce((sum, file) => sum + file.bytes, bytes);
  for (const [path, file] of files) {
    if (held <= FOLDER_BYTES_MAX && nowMs - file.atMs <= KEPT_MS) return;
    files.delete(path);
    held -= file.bytes;
    await rm(path, { force: true });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
