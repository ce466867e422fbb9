import { type FileHandle, open, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, type Dispatcher, interceptors, request } from "undici";
import { EngineError } from "./engineError.js";
import type { FetchProgress } from "./fetchModel.js";

/** Silence after which a connection counts as broken. */
const SILENCE_MS = 30_000;
const CONNECT_MS = 10_000;
/** Hubs send one redirect to their storage, sometimes two. */
const REDIRECTS_MAX = 5;
/** Above this no machine of today could serve the file. */
const FILE_BYTES_MAX = 2 ** 41;
const ETAG_BYTES_MAX = 512;

export type PartOutcome =
  | { readonly kind: "whole" }
  | { readonly kind: "cut"; readonly receivedBytes: number; readonly reason: string; readonly cause?: unknown };

export type PartOptions = {
  readonly url: string;
  /** File that grows; the next call goes on at its end. */
  readonly partial: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
};

/**
 * One attempt to fetch what is missing of a file. A broken connection, a busy or failing server is an outcome; a server that says no, throws.
 * @throws CodedError ENGINE_MODEL_SOURCE_REFUSED, ENGINE_ABORTED
 */
export async function downloadPart(options: PartOptions): Promise<PartOutcome> {
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
  const file = await open(options.partial, "a+");
  const before = (await file.stat()).size;
  try {
    return await downloadInto(file, { ...options, agent, before });
  } catch (cause) {
    if (options.signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" }, { cause });
    if (cause instanceof EngineError) throw cause;
    const receivedBytes = Math.max(0, (await file.stat()).size - before);
    return { kind: "cut", receivedBytes, reason: reasonOf(cause), cause };
  } finally {
    await file.close();
    await agent.destroy();
  }
}

type Attempt = PartOptions & { readonly agent: Agent; readonly before: number };

async function downloadInto(file: FileHandle, attempt: Attempt): Promise<PartOutcome> {
  const etag = attempt.before > 0 ? await readEtag(attempt.partial) : undefined;
  const range = attempt.before > 0 ? { range: `bytes=${attempt.before}-` } : {};
  const response = await request(attempt.url, {
    dispatcher: attempt.agent.compose(interceptors.redirect({ maxRedirections: REDIRECTS_MAX })),
    headers: { "accept-encoding": "identity", ...range, ...(etag === undefined ? {} : { "if-range": etag }) },
    ...(attempt.signal === undefined ? {} : { signal: attempt.signal }),
  });
  const plan = planOf(response, attempt.before);
  if (plan.kind !== "write") {
    response.body.on("error", () => undefined).destroy();
    if (plan.kind === "restart") await file.truncate(0);
    return plan.kind === "whole" ? plan : { kind: "cut", receivedBytes: 0, reason: plan.reason };
  }
  if (plan.from === 0) await startOver(file, response, attempt.partial);
  await writeBody(file, response, { ...plan, ...attempt });
  await rm(etagFile(attempt.partial), { force: true });
  return { kind: "whole" };
}

type Plan =
  | { readonly kind: "whole" }
  | { readonly kind: "retry" | "restart"; readonly reason: string }
  | { readonly kind: "write"; readonly from: number; readonly totalBytes?: number };

/** What an answer means for a file that has `before` bytes. */
function planOf(response: Dispatcher.ResponseData, before: number): Plan {
  const { statusCode, headers } = response;
  const content = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(String(headers["content-range"] ?? ""));
  if (statusCode === 200) {
    const length = Number(headers["content-length"] ?? Number.NaN);
    return { kind: "write", from: 0, ...checkedTotal(length) };
  }
  if (statusCode === 206) {
    const total = checkedTotal(Number(content?.[2]));
    if (Number(content?.[1]) !== before)
      return { kind: "restart", reason: "the server sent another range than asked for" };
    return { kind: "write", from: before, ...total };
  }
  if (statusCode === 416) {
    return Number(content?.[2]) === before
      ? { kind: "whole" }
      : { kind: "restart", reason: "the file at the source has changed" };
  }
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500)
    return { kind: "retry", reason: `status ${statusCode}` };
  throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason: `status ${statusCode}` });
}

function checkedTotal(totalBytes: number): { readonly totalBytes?: number } {
  if (!Number.isFinite(totalBytes)) return {};
  if (totalBytes > FILE_BYTES_MAX)
    throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason: "the file is too large" });
  return { totalBytes };
}

async function startOver(file: FileHandle, response: Dispatcher.ResponseData, partial: string): Promise<void> {
  await file.truncate(0);
  const etag = String(response.headers.etag ?? "");
  if (etag.startsWith('"') && etag.length <= ETAG_BYTES_MAX) await writeFile(etagFile(partial), etag);
  else await rm(etagFile(partial), { force: true });
}

async function writeBody(
  file: FileHandle,
  response: Dispatcher.ResponseData,
  plan: { readonly from: number; readonly totalBytes?: number; readonly onProgress?: PartOptions["onProgress"] },
): Promise<void> {
  let bytes = plan.from;
  for await (const chunk of response.body) {
    const { length } = chunk as Buffer;
    if (bytes + length > (plan.totalBytes ?? FILE_BYTES_MAX)) {
      throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason: "the server sent more than it announced" });
    }
    await file.appendFile(chunk as Buffer);
    bytes += length;
    plan.onProgress?.({ bytes, ...(plan.totalBytes === undefined ? {} : { totalBytes: plan.totalBytes }) });
  }
  if (plan.totalBytes !== undefined && bytes < plan.totalBytes) throw new Error("the connection ended early");
}

function etagFile(partial: string): string {
  return `${partial}.etag`;
}

async function readEtag(partial: string): Promise<string | undefined> {
  const text = await readFile(etagFile(partial), "utf8").catch(() => undefined);
  return text !== undefined && /^"[\x21\x23-\x7e]*"$/.test(text) ? text : undefined;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
