import { setMaxListeners } from "node:events";
import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { IncomingStreamData, Libp2p, PeerId, Stream } from "@libp2p/interface";
import * as lengthPrefixed from "it-length-prefixed";
import { type Cid, parseCid } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { NAME_MESSAGE_BYTES_MAX, NAME_MS, STREAMS_MAX } from "./contentLimits.js";
import { type DatumKind, isDatumKind } from "./storageMap.js";

/** One question a stream: `<kind>/0x<64 hex digits>` one way, the object's CID or nothing the other, each behind its length. */
export const NAMES_PROTOCOL = "/cortensor/names/1";

/**
 * What is looked for: an object by the SHA-256 of all its bytes, or a datum of a kind by a name that isn't of its bytes, such as a body by
 * its result's hash.
 */
export type ContentName = { readonly kind: "sha256" | DatumKind; readonly name: Bytes32 };

export type NameExchangeParts = {
  readonly libp2p: Libp2p;
  /** The root that goes by a name here, as far as this peer may be told. */
  readonly answer: (question: ContentName, peer: PeerId) => string | undefined;
  readonly log: Logger;
};

/**
 * Asks peers under which root they know what goes by a name, and tells them. What is told is a peer's word: whoever reads the object holds it
 * against the name.
 */
export class NameExchange {
  readonly #parts: NameExchangeParts;
  readonly #over = new AbortController();

  constructor(parts: NameExchangeParts) {
    this.#parts = parts;
    // As many as there are streams, which are bounded.
    setMaxListeners(0, this.#over.signal);
  }

  async start(): Promise<void> {
    const streams = { maxInboundStreams: STREAMS_MAX, maxOutboundStreams: STREAMS_MAX };
    await this.#parts.libp2p.handle(NAMES_PROTOCOL, (incoming) => this.#accept(incoming), streams);
  }

  async stop(): Promise<void> {
    this.#over.abort(new Error("stopped"));
    await this.#parts.libp2p.unhandle(NAMES_PROTOCOL);
  }

  /** What a connected peer says. Undefined where it knows none, says nonsense, or doesn't answer in time. */
  async ask(peer: PeerId, question: ContentName, signal: AbortSignal): Promise<Cid | undefined> {
    const within = AbortSignal.any([signal, this.#over.signal, AbortSignal.timeout(NAME_MS)]);
    try {
      const stream = await this.#parts.libp2p.dialProtocol(peer, NAMES_PROTOCOL, { signal: within });
      const said = await whileOpen(stream, within, async () => {
        await stream.sink(lengthPrefixed.encode([Buffer.from(`${question.kind}/${question.name}`)]));
        return readOne(stream);
      });
      return said === "" ? undefined : parseCid(said);
    } catch (error) {
      this.#note("A peer wasn't asked for a name", peer, error);
      return undefined;
    }
  }

  #accept({ stream, connection }: IncomingStreamData): void {
    const { remotePeer } = connection;
    const within = AbortSignal.any([this.#over.signal, AbortSignal.timeout(NAME_MS)]);
    void whileOpen(stream, within, async () => {
      const answer = this.#parts.answer(parseName(await readOne(stream)), remotePeer) ?? "";
      await stream.sink(lengthPrefixed.encode([Buffer.from(answer)]));
    }).catch((error: unknown) => this.#note("A question for a name was refused", remotePeer, error));
  }

  #note(sentence: string, peer: PeerId, error: unknown): void {
    const why = error instanceof Error ? error.message : "unknown";
    this.#parts.log.debug(sentence, { peer: peer.toString(), why });
  }
}

/** Reads a question. Throws CONTENT_BAD_MESSAGE. */
export function parseName(text: string): ContentName {
  const [kind = "", name = "", ...more] = text.split("/");
  if (more.length > 0 || !isBytes32(name) || (kind !== "sha256" && !isDatumKind(kind))) {
    throw new ContentError({ code: "CONTENT_BAD_MESSAGE", problem: "no name of content" });
  }
  return { kind, name };
}

async function readOne(stream: Stream): Promise<string> {
  const messages = lengthPrefixed.decode(stream.source, { maxDataLength: NAME_MESSAGE_BYTES_MAX });
  for await (const bytes of messages) return Buffer.from(bytes.subarray()).toString("utf8");
  throw new ContentError({ code: "CONTENT_BAD_MESSAGE", problem: "an empty stream" });
}

/** Does one exchange over a stream, and leaves it closed whatever comes of it. */
async function whileOpen<Result>(stream: Stream, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const onAbort = (): void => stream.abort(new Error("not in time"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const result = await work();
    await stream.close({ signal });
    return result;
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error("failed"));
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
