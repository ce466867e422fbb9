import { hasCode } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { CLOSE_REASONS, type CloseReason } from "./closeReason.js";
import { ByteReader } from "./codec/byteReader.js";
import { malformed } from "./codec/codecError.js";
import type { Field } from "./codec/field.js";
import { type NoticeHandlers, readNotice, writeNotice } from "./codec/notice.js";
import { streamMessageOf } from "./codec/streamMessage.js";
import { FrameQueue } from "./frameQueue.js";
import type { Handshaken } from "./handshake.js";
import type { Inbox } from "./inbox.js";
import type { LinkLimits } from "./limits.js";
import type { AuthorisedPeer, Link, LinkRole, LinkStream } from "./link.js";
import type { Notices, NoticeTopic, StreamMessage } from "./messages.js";
import { MUX } from "./muxFrame.js";
import type { FrameOpener } from "./sealedFrames.js";
import { StreamState } from "./streamState.js";
import type { Transport } from "./transport.js";
import { WireError } from "./wireError.js";

export type LinkSessionParts = {
  readonly handshaken: Handshaken;
  readonly transport: Transport;
  readonly ownRole: LinkRole;
  /** Whether this side opened the socket: it numbers its streams 1, 3, 5 …, the other side 2, 4, 6 … */
  readonly isOpener: boolean;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly log: Logger;
};

/** After an orderly close the socket gets this long to say goodbye. */
const CLOSE_MS = 1_000;

/**
 * One standing link. Owns its socket, its streams and its keys.
 *
 * A part that is no part, a notice that is none and a frame that fails its check end the link; a stream's message that is
 * none ends that stream alone. Handlers that throw end their stream and are logged, never the process.
 */
export class LinkSession implements Link {
  readonly peer: AuthorisedPeer;
  readonly closed: Promise<CloseReason>;
  readonly #transport: Transport;
  readonly #opener: FrameOpener;
  readonly #queue: FrameQueue;
  readonly #limits: LinkLimits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ownRole: LinkRole;
  readonly #outgoing: Field<StreamMessage>;
  readonly #incoming: Field<StreamMessage>;
  readonly #streams = new Map<number, StreamState>();
  readonly #noticeHandlers: NoticeHandlers = {};
  readonly #heartbeat = new AbortController();
  #onStream: ((stream: LinkStream, first: StreamMessage) => void) | undefined;
  #nextId: number;
  #lastPeerId: number;
  #lastHeardMs: number;
  #closedWith: CloseReason | undefined;
  #resolveClosed: (reason: CloseReason) => void = () => undefined;

  constructor(parts: LinkSessionParts) {
    const { handshaken, transport, limits, clock } = parts;
    this.peer = handshaken.peer;
    this.#transport = transport;
    this.#opener = handshaken.opener;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = parts.log.child({ peer: handshaken.peer.address });
    this.#ownRole = parts.ownRole;
    this.#outgoing = streamMessageOf(parts.ownRole);
    this.#incoming = streamMessageOf(handshaken.peer.role);
    this.#nextId = parts.isOpener ? 1 : 2;
    this.#lastPeerId = parts.isOpener ? 0 : -1;
    this.#lastHeardMs = clock.nowMs();
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const onOverflow = () => {
      this.#end("peerTooSlow");
      transport.terminate();
    };
    this.#queue = new FrameQueue({ transport, sealer: handshaken.sealer, limits, onOverflow });
    transport.onClose((reason) => this.#finish(reason));
  }

  /** Begins to read. The handlers are set by now. */
  start(inbox: Inbox): void {
    inbox.handOver((bytes) => this.#receive(bytes));
    this.#beat().catch((error: unknown) => {
      if (!this.#heartbeat.signal.aborted) this.#log.error("Heartbeat failed", {}, error);
    });
  }

  open(message: StreamMessage): LinkStream {
    if (this.#closedWith !== undefined) throw new WireError({ code: "WIRE_LINK_CLOSED", reason: this.#closedWith });
    const { streamsMax } = this.#limits;
    if (this.#streams.size >= streamsMax) throw new WireError({ code: "WIRE_STREAM_LIMIT", streamsMax });
    const id = this.#nextId;
    this.#queue.add(MUX.open, id, (writer) => this.#outgoing.write(writer, message));
    this.#nextId += 2;
    return this.#addStream(id);
  }

  onStream(handler: (stream: LinkStream, first: StreamMessage) => void): void {
    this.#onStream = handler;
  }

  notify<Topic extends NoticeTopic>(topic: Topic, body: Notices[Topic]): void {
    this.#queue.add(MUX.notice, 0, (writer) => writeNotice(writer, topic, body, this.#ownRole));
  }

  onNotice<Topic extends NoticeTopic>(topic: Topic, handler: (body: Notices[Topic]) => void): void {
    const handlers: { [Key in Topic]?: (body: Notices[Key]) => void } = this.#noticeHandlers;
    handlers[topic] = handler;
  }

  bufferedBytes(): number {
    return this.#queue.bufferedBytes();
  }

  drained(): Promise<void> {
    return this.#queue.drained();
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    // What waits in the socket counts as heard: a paused link isn't silent.
    this.#lastHeardMs = this.#clock.nowMs();
    this.#transport.resume();
  }

  openStreams(): number {
    return this.#streams.size;
  }

  close(reason: CloseReason): void {
    if (this.#closedWith !== undefined) return;
    this.#queue.add(MUX.bye, 0, (writer) => writer.u8(CLOSE_REASONS.indexOf(reason)));
    this.#queue.flush();
    this.#end(reason);
    this.#transport.close(reason);
    this.#clock.sleep(CLOSE_MS, this.#heartbeat.signal).then(
      () => this.#transport.terminate(),
      () => undefined,
    );
  }

  #receive(bytes: Buffer | undefined): void {
    if (this.#closedWith !== undefined) return;
    this.#lastHeardMs = this.#clock.nowMs();
    try {
      if (bytes === undefined) throw malformed("a message is not binary");
      this.#readParts(new ByteReader(this.#opener.open(bytes)));
    } catch (error) {
      const reason = hasCode(error, "WIRE_LINK_REFUSED") ? "frameTampered" : "frameMalformed";
      this.#log.warn("Link broken by its peer", { reason }, error);
      this.close(reason);
    }
  }

  #readParts(reader: ByteReader): void {
    while (reader.remaining > 0 && this.#closedWith === undefined) {
      const kind = reader.u8();
      const id = reader.varint();
      this.#readPart({ kind, id, body: reader.part(reader.u32()) });
    }
  }

  #readPart({ kind, id, body }: { kind: number; id: number; body: ByteReader }): void {
    switch (kind) {
      case MUX.open:
        this.#readOpen(id, body);
        break;
      case MUX.data:
        this.#readData(id, body);
        break;
      case MUX.end:
        this.#removeStream(id, "end");
        break;
      case MUX.reset:
        this.#removeStream(id, "malformed");
        break;
      case MUX.notice:
        this.#readNotice(body);
        break;
      case MUX.ping:
        this.#queue.add(MUX.pong, 0);
        break;
      case MUX.pong:
        break;
      case MUX.bye:
        this.#readBye(body);
        break;
      default:
        throw malformed(`no part has the kind ${kind}`);
    }
  }

  #readOpen(id: number, body: ByteReader): void {
    if (id <= this.#lastPeerId || (id - this.#lastPeerId) % 2 !== 0) throw malformed(`stream ${id} can't be opened`);
    this.#lastPeerId = id;
    if (this.#streams.size >= this.#limits.streamsMax) {
      this.close("streamLimit");
      return;
    }
    const stream = this.#addStream(id);
    this.#deliver(stream, body, (message) => {
      if (this.#onStream === undefined) throw malformed("streams are not expected here");
      this.#onStream(stream, message);
    });
  }

  #readData(id: number, body: ByteReader): void {
    const stream = this.#streams.get(id);
    // A stream that ended here while the message was on its way.
    if (stream === undefined) return;
    this.#deliver(stream, body, (message) => {
      if (!stream.deliver(message)) throw malformed("nobody reads this stream");
    });
  }

  #deliver(stream: StreamState, body: ByteReader, handle: (message: StreamMessage) => void): void {
    try {
      const message = this.#incoming.read(body);
      body.expectEnd();
      handle(message);
    } catch (error) {
      this.#log.warn("Stream ended by a bad message", { stream: stream.id }, error);
      this.#queue.add(MUX.reset, stream.id);
      this.#removeStream(stream.id, "malformed");
    }
  }

  #readNotice(body: ByteReader): void {
    const notice = readNotice(body, this.peer.role);
    try {
      if (!notice.deliver(this.#noticeHandlers)) this.#log.debug("Notice without a reader", { topic: notice.topic });
    } catch (error) {
      this.#log.error("Notice handler failed", { topic: notice.topic }, error);
    }
  }

  #readBye(body: ByteReader): void {
    const reason = CLOSE_REASONS[body.u8()];
    if (reason === undefined) throw malformed("an unknown reason to close");
    this.#end(reason);
    this.#transport.close(reason);
  }

  #addStream(id: number): StreamState {
    const stream = new StreamState(id, {
      sendOn: (to, message) => this.#queue.add(MUX.data, to, (writer) => this.#outgoing.write(writer, message)),
      endStream: (to) => {
        this.#queue.add(MUX.end, to);
        this.#removeStream(to, "end");
      },
    });
    this.#streams.set(id, stream);
    return stream;
  }

  #removeStream(id: number, end: "end" | "malformed"): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    stream.finish(end);
  }

  /** Nothing is sent or delivered from here on. */
  #end(reason: CloseReason): void {
    if (this.#closedWith !== undefined) return;
    this.#closedWith = reason;
    this.#queue.close();
    for (const stream of this.#streams.values()) stream.finish("linkClosed");
    this.#streams.clear();
  }

  /** The socket is gone. */
  #finish(reason: CloseReason): void {
    this.#end(reason);
    this.#heartbeat.abort();
    this.#resolveClosed(this.#closedWith ?? reason);
  }

  /** Asks a quiet peer for a sign of life, and gives up on one that gives none. */
  async #beat(): Promise<void> {
    const { pingAfterMs, silenceMs } = this.#limits;
    while (this.#closedWith === undefined) {
      await this.#clock.sleep(pingAfterMs, this.#heartbeat.signal);
      const quietMs = this.#clock.nowMs() - this.#lastHeardMs;
      if (quietMs >= silenceMs) {
        this.close("silence");
        this.#transport.terminate();
      } else if (quietMs >= pingAfterMs) {
        this.#queue.add(MUX.ping, 0);
      }
    }
  }
}
