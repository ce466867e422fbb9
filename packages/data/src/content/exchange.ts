import { setMaxListeners } from "node:events";
import type { Logger } from "@cortensor/runtime";
import type { Connection, IncomingStreamData, Libp2p, PeerId, Stream } from "@libp2p/interface";
import * as lengthPrefixed from "it-length-prefixed";
import { AskBook } from "./askBook.js";
import { type Cid, decodeCid } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import {
  ARRIVING_BYTES_MAX,
  BLOCK_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  SEND_MS,
  STREAM_IDLE_MS,
  STREAMS_MAX,
} from "./contentLimits.js";
import { decodeMessage, EXCHANGE_PROTOCOL, type ExchangeMessage, encodeMessage } from "./exchangeMessage.js";
import { WantQueue } from "./wantQueue.js";

export type ExchangeParts = {
  readonly libp2p: Libp2p;
  /** Gives a block of one's own, checked. */
  readonly readBlock: (cid: Cid) => Promise<Uint8Array | undefined>;
  /** A peer sent what it wasn't asked for. */
  readonly onLie: (peer: PeerId) => void;
  readonly log: Logger;
};

/**
 * Asks peers for blocks and gives them ours, by the exchange that IPFS nodes speak. One message is one block at most; a peer has one block
 * on its way at a time, and what arrives of all peers together is bounded. What a peer says is matched against what it was asked.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #asks = new Map<string, AskBook>();
  readonly #wants = new Map<string, WantQueue>();
  readonly #over = new AbortController();
  #arrivingBytes = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    // As many as there are messages under way, which are bounded by streams and asks.
    setMaxListeners(0, this.#over.signal);
  }

  async start(): Promise<void> {
    const { libp2p } = this.#parts;
    const streams = { maxInboundStreams: STREAMS_MAX, maxOutboundStreams: STREAMS_MAX };
    await libp2p.handle(EXCHANGE_PROTOCOL, (incoming) => this.#accept(incoming), streams);
    libp2p.addEventListener("peer:disconnect", ({ detail }) => this.#forget(detail, "went away"));
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#parts.libp2p.unhandle(EXCHANGE_PROTOCOL);
    for (const book of this.#asks.values()) book.end("stopped");
    await Promise.all([...this.#wants.values()].map((queue) => queue.stop()));
  }

  /** Questions to a peer that wait. */
  openAsks(peer: PeerId): number {
    return this.#asks.get(peer.toString())?.open ?? 0;
  }

  /** Asks a connected peer for a block. Undefined where it says that it hasn't it. Rejects where it can't be asked, lies or goes away. */
  async ask(peer: PeerId, cid: Cid, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const key = peer.toString();
    const book = this.#asks.get(key) ?? new AskBook();
    this.#asks.set(key, book);
    const failed = new AbortController();
    const answer = book.wait(cid, AbortSignal.any([signal, failed.signal, this.#over.signal]));
    const want = (kind: "block" | "cancel") =>
      this.#send(peer, { wants: [{ cid: cid.bytes, kind, sendDontHave: true }] }, this.#over.signal);
    const sent = want("block").catch((error: unknown) => failed.abort(error));
    try {
      return await answer;
    } finally {
      await sent;
      if (signal.aborted && !failed.signal.aborted) {
        void want("cancel").catch((error: unknown) => this.#note("Cancel not sent", peer, error));
      }
    }
  }

  #accept({ stream, connection }: IncomingStreamData): void {
    void this.#read(stream, connection).catch((error: unknown) => {
      this.#note("Exchange stream refused", connection.remotePeer, error);
      stream.abort(error instanceof Error ? error : new Error("refused"));
    });
  }

  async #read(stream: Stream, { remotePeer }: Connection): Promise<void> {
    let reserved = 0;
    let idle = AbortSignal.timeout(STREAM_IDLE_MS);
    const onIdle = (): void => stream.abort(new Error("idle"));
    const onLength = (length: number): void => {
      if (this.#arrivingBytes + length > ARRIVING_BYTES_MAX) {
        throw new ContentError({ code: "CONTENT_BAD_MESSAGE", problem: "more arrives than there is room for" });
      }
      reserved = length;
      this.#arrivingBytes += length;
    };
    const release = (): void => {
      this.#arrivingBytes -= reserved;
      reserved = 0;
    };
    idle.addEventListener("abort", onIdle, { once: true });
    try {
      const messages = lengthPrefixed.decode(stream.source, { maxDataLength: MESSAGE_BYTES_MAX, onLength });
      for await (const bytes of messages) {
        idle.removeEventListener("abort", onIdle);
        idle = AbortSignal.timeout(STREAM_IDLE_MS);
        idle.addEventListener("abort", onIdle, { once: true });
        this.#take(remotePeer, decodeMessage(bytes.subarray()));
        release();
      }
    } finally {
      idle.removeEventListener("abort", onIdle);
      release();
    }
    await stream.close();
  }

  #take(peer: PeerId, { wants, blocks, presences }: ExchangeMessage): void {
    const key = peer.toString();
    const book = this.#asks.get(key);
    for (const { data } of blocks) {
      if (data.length <= BLOCK_BYTES_MAX && book?.takeBlock(data) === true) continue;
      book?.end("sent other bytes");
      this.#parts.onLie(peer);
      return;
    }
    for (const { cid, has } of presences) if (!has) book?.takeAbsence(decodeCid(cid));
    if (wants.length === 0) return;
    let queue = this.#wants.get(key);
    if (queue === undefined) {
      const { readBlock, libp2p } = this.#parts;
      // What a peer wanted before it went is nobody's to answer.
      if (libp2p.getConnections(peer).length === 0) return;
      queue = new WantQueue({ readBlock, send: (message) => this.#send(peer, message, this.#over.signal) });
      this.#wants.set(key, queue);
    }
    queue.take(wants);
  }

  async #send(peer: PeerId, message: Partial<ExchangeMessage>, signal: AbortSignal): Promise<void> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]);
    const stream = await this.#parts.libp2p.dialProtocol(peer, EXCHANGE_PROTOCOL, { signal: within });
    const onAbort = (): void => stream.abort(new Error("not sent in time"));
    within.addEventListener("abort", onAbort, { once: true });
    try {
      await stream.sink(lengthPrefixed.encode([encodeMessage(message)]));
      await stream.close({ signal: within });
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error("not sent"));
      throw error;
    } finally {
      within.removeEventListener("abort", onAbort);
    }
  }

  #forget(peer: PeerId, why: string): void {
    const key = peer.toString();
    this.#asks.get(key)?.end(why);
    this.#asks.delete(key);
    void this.#wants.get(key)?.stop();
    this.#wants.delete(key);
  }

  #note(sentence: string, peer: PeerId, error: unknown): void {
    const why = error instanceof Error ? error.message : "unknown";
    this.#parts.log.debug(sentence, { peer: peer.toString(), why });
  }
}
