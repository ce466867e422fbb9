import type { EnqueuedTask } from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  digestOfRequestCid,
  REQUEST_BYTES_MAX,
  requestCid,
  sha256Bytes,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { HandedPrompt } from "./readQueued.js";

/** Requests fetched at once: each may take 1 MiB of memory. */
const FETCHES_MAX = 8;
/** Time for one of them: 1 MiB over a slow line, from the third source that is asked. */
const FETCH_MS = 20_000;
/** Pause before one that nobody gave is looked for again: it may be put after it was named. */
const AGAIN_MS = 5_000;

/** Where requests lie that the chain only names, by the SHA-256 of their bytes. */
export type RequestContent = {
  /** From wherever it is found within these bounds. Undefined where nobody gives it. */
  find(
    digest: Bytes32,
    bounds: { readonly bytesMax: number; readonly signal: AbortSignal },
  ): Promise<Uint8Array | undefined>;
  /** Keeps one that may be read by everybody, for whoever looks for it here. On the disk when it resolves. */
  keep(body: Uint8Array): Promise<void>;
  /** One that was kept here. Asks nobody else. */
  show(digest: Bytes32): Promise<Uint8Array | undefined>;
};

/** What decides whether a request may be given to everybody. */
type KeptOf = Pick<EnqueuedTask, "payload"> & { readonly task: Pick<EnqueuedTask["task"], "account" | "privacy"> };

export type RequestDeskParts = {
  /** Undefined: nothing is fetched. */
  readonly content: RequestContent | undefined;
  readonly nowMs: () => number;
  readonly log: Logger;
};

/** Fetches what queued tasks name by a CID. Nobody's word counts: bytes are hashed. */
export class RequestDesk {
  readonly #parts: RequestDeskParts;
  readonly #stopping = new AbortController();
  /** When a task's request may be looked for again. */
  readonly #againMs = new Map<Bytes32, number>();
  #fetches = 0;

  constructor(parts: RequestDeskParts) {
    this.#parts = parts;
  }

  /** What a task's CID names; undefined for a task without one, and while nobody gives it. `later`: too many are looked for now. */
  async find({
    taskId,
    payload,
  }: Pick<EnqueuedTask, "taskId" | "payload">): Promise<HandedPrompt | "later" | undefined> {
    const { content, nowMs } = this.#parts;
    const digest = payload.kind === "cid" ? digestOfRequestCid(payload.data) : undefined;
    if (content === undefined || digest === undefined) return undefined;
    if (nowMs() < (this.#againMs.get(taskId) ?? 0)) return undefined;
    if (this.#fetches >= FETCHES_MAX) return "later";
    this.#fetches += 1;
    const body = await this.#fetch(content, digest).finally(() => {
      this.#fetches -= 1;
    });
    if (body === undefined) this.#againMs.set(taskId, nowMs() + AGAIN_MS);
    return body === undefined ? undefined : { prompt: body, params: payload.params };
  }

  /** Keeps what a client handed in, where the chain names it for all to read. */
  async keep({ task, payload }: KeptOf, body: Uint8Array): Promise<void> {
    const { content, log } = this.#parts;
    if (content === undefined || payload.kind !== "cid" || task.privacy !== "open") return;
    if (body.length > REQUEST_BYTES_MAX || bytesToHex(requestCid(body)) !== bytesToHex(payload.data)) return;
    try {
      await content.keep(body);
    } catch (error) {
      // It is served from memory all the same, until this router ends.
      log.warn("A request could not be kept", { account: task.account }, error);
    }
  }

  async show(digest: Bytes32): Promise<Uint8Array | undefined> {
    return this.#parts.content?.show(digest);
  }

  /** The task is over. */
  forget(taskId: Bytes32): void {
    this.#againMs.delete(taskId);
  }

  stop(): void {
    this.#stopping.abort(new Error("The router is stopping."));
  }

  async #fetch(content: RequestContent, digest: Bytes32): Promise<Uint8Array | undefined> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(FETCH_MS)]);
    try {
      const body = await content.find(digest, { bytesMax: REQUEST_BYTES_MAX, signal });
      const isNamed = body !== undefined && bytesToHex(sha256Bytes(body)) === digest;
      return isNamed && body.length <= REQUEST_BYTES_MAX ? body : undefined;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#parts.log.warn("A request could not be fetched", { digest }, error);
      return undefined;
    }
  }
}
