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
  return {
    put: async (sample) => {
      const { taskId } = sample.result;
      const text = JSON.stringify(z.encode(sealedSampleSchema, sample));
      if (text.length > FILE_BYTES_MAX) {
        log.warn("A sealed task is too large to be opened later", { taskId, bytes: text.length });
        return;
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await makeRoom(folder, { bytes: text.length, nowMs: clock.nowMs() });
      await writeSynced(join(folder, `${taskId}.json`), text);
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

async function makeRoom(folder: string, { bytes, nowMs }: { bytes: number; nowMs: number }): Promise<void> {
  const files: { readonly path: string; readonly atMs: number; readonly bytes: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!NAME.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs, size } = await stat(path);
    files.push({ path, atMs: mtimeMs, bytes: size });
  }
  files.sort((left, right) => left.atMs - right.atMs);
  let held = files.reduce((sum, file) => sum + file.bytes, bytes);
  for (const file of files) {
    if (held <= FOLDER_BYTES_MAX && nowMs - file.atMs <= KEPT_MS) return;
    await rm(file.path, { force: true });
    held -= file.bytes;
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
