import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "@cortensor/protocol";
import { lockFolder } from "@cortensor/runtime";
import { downloadPart } from "./downloadPart.js";
import { EngineError } from "./engineError.js";
import { hashFile } from "./hashFile.js";
import { readGgufHeader } from "./readGgufHeader.js";
import { resolveModelSource } from "./resolveModelSource.js";

const HUB_URL = "https://huggingface.co";
/** Attempts in a row that bring no byte; one that did starts the count again. */
const FRUITLESS_ATTEMPTS_MAX = 5;
/** Attempts in all: a server that gives a byte at a time is not worth more. */
const ATTEMPTS_MAX = 100;
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 8_000;

export type FetchModelOptions = {
  /** Path of a GGUF file, an http(s) URL, or `owner/repo/file.gguf`. */
  readonly source: string;
  /** Where downloads are kept. */
  readonly folder: string;
  /** Expected SHA-256 of the file, hex without prefix. Without it the file is only checked for its format. */
  readonly sha256?: string;
  /** Host of `owner/repo/file` sources. Default `https://huggingface.co`. */
  readonly baseUrl?: string;
  /** Pause before the first retry; doubles up to 8 s. Default 250. */
  readonly retryMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
};

export type FetchProgress = { readonly bytes: number; readonly totalBytes?: number };
export type FetchedModel = { readonly path: string; readonly bytes: number; readonly sha256: string };

/**
 * Brings a model file here, whole and checked. A download that was cut goes on where it stopped, also in a later call; the file appears
 * under its name only when its hash and format are right.
 * @throws CodedError ENGINE_MODEL_NOT_FOUND, ENGINE_MODEL_SOURCE_REFUSED, ENGINE_MODEL_WRONG_HASH, ENGINE_MODEL_FETCH_FAILED,
 * ENGINE_MODEL_TRUNCATED, ENGINE_MODEL_MALFORMED, ENGINE_ABORTED
 */
export async function fetchModel(options: FetchModelOptions): Promise<FetchedModel> {
  const expected = parseHash(options.sha256);
  const source = resolveModelSource(options.source, { folder: options.folder, baseUrl: options.baseUrl ?? HUB_URL });
  if (source.kind === "path") return checkFile(source.path, expected);
  const present = await findPresent(source.path, expected);
  if (present !== undefined) return present;
  await mkdir(dirname(source.path), { recursive: true });
  const partial = `${source.path}.partial`;
  const unlock = await lockDownload(source.path);
  try {
    const meanwhile = await findPresent(source.path, expected);
    if (meanwhile !== undefined) return meanwhile;
    await downloadWhole({ ...options, url: source.url, partial });
    const checked = await checkPartial(partial, expected);
    await rename(partial, source.path);
    return { ...checked, path: source.path };
  } finally {
    await unlock();
  }
}

function parseHash(sha256: string | undefined): string | undefined {
  const hash = sha256?.toLowerCase().replace(/^0x/, "");
  if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash)) {
    throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason: "the expected hash is not a SHA-256" });
  }
  return hash;
}

async function checkFile(path: string, expected: string | undefined): Promise<FetchedModel> {
  const header = await readGgufHeader(path);
  const found = await hashFile(path);
  if (expected !== undefined && found !== expected) {
    throw new EngineError({ code: "ENGINE_MODEL_WRONG_HASH", expected, found });
  }
  return { path, bytes: header.fileBytes, sha256: found };
}

/** A file that is already here and right. A wrong one is removed, so that it is fetched again. */
async function findPresent(path: string, expected: string | undefined): Promise<FetchedModel | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  try {
    return await checkFile(path, expected);
  } catch (cause) {
    if (!isBadFile(cause)) throw cause;
    await rm(path, { force: true });
    return undefined;
  }
}

/** A partial file that turned out wrong is removed: to go on with it would only repeat the failure. */
async function checkPartial(partial: string, expected: string | undefined): Promise<FetchedModel> {
  try {
    return await checkFile(partial, expected);
  } catch (cause) {
    if (isBadFile(cause)) await rm(partial, { force: true });
    throw cause;
  }
}

function isBadFile(error: unknown): boolean {
  const codes = ["ENGINE_MODEL_WRONG_HASH", "ENGINE_MODEL_MALFORMED", "ENGINE_MODEL_TRUNCATED"];
  return codes.some((code) => hasCode(error, code));
}

async function downloadWhole(
  options: FetchModelOptions & { readonly url: string; readonly partial: string },
): Promise<void> {
  let fruitless = 0;
  for (let attempt = 1; ; attempt++) {
    const outcome = await downloadPart(options);
    if (outcome.kind === "whole") return;
    fruitless = outcome.receivedBytes > 0 ? 0 : fruitless + 1;
    if (fruitless >= FRUITLESS_ATTEMPTS_MAX || attempt >= ATTEMPTS_MAX) {
      const { reason, cause } = outcome;
      throw new EngineError(
        { code: "ENGINE_MODEL_FETCH_FAILED", attempts: attempt, reason },
        { cause, isRetryable: true },
      );
    }
    const pause = Math.min((options.retryMs ?? RETRY_FIRST_MS) * 2 ** fruitless, RETRY_MOST_MS);
    await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
      (cause: unknown) => {
        throw new EngineError({ code: "ENGINE_ABORTED" }, { cause });
      },
    );
  }
}

/** Keeps two fetches, also of two processes, from writing one file. What a dead process left is taken over. */
async function lockDownload(path: string): Promise<() => Promise<void>> {
  try {
    const lock = await lockFolder(join(dirname(path), ".fetching", basename(path)));
    return lock.release;
  } catch (cause) {
    if (!hasCode(cause, "RUNTIME_FOLDER_LOCKED") && !hasCode(cause, "RUNTIME_FOLDER_CONTESTED")) throw cause;
    const reason = "another process is fetching this file";
    throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason }, { cause, isRetryable: true });
  }
}
