import type { Address, Hex } from "@cortensor/protocol";
import type { CloseReason } from "./closeReason.js";
import type { Notices, NoticeTopic, StreamMessage } from "./messages.js";

export type LinkRole = "router" | "miner";

/** Who a link's peer proved to be. */
export type PeerIdentity = {
  readonly role: LinkRole;
  /** Registered signing address that certified the connection key. */
  readonly address: Address;
  /** Ed25519 connection key, raw, 32 bytes. */
  readonly connectionKey: Hex;
};

/** A peer that the registry knows: `owner` is the account behind it, the operator of a router or of a miner. */
export type AuthorisedPeer = PeerIdentity & { readonly owner: Address };

/** Says whether a proven identity may hold a link: asks the registry, or compares with what was configured. */
export type Authorise = (
  identity: PeerIdentity,
  signal: AbortSignal,
) => Promise<
  { readonly kind: "granted"; readonly owner: Address } | { readonly kind: "refused"; readonly detail: string }
>;

/** One encrypted, mutually authenticated connection; carries many streams by number. */
export type Link = {
  readonly peer: AuthorisedPeer;
  /** Opens a stream with its first message. Throws WIRE_STREAM_LIMIT when too many are open. */
  open(message: StreamMessage): LinkStream;
  /** Called for each stream that the peer opens. */
  onStream(handler: (stream: LinkStream, first: StreamMessage) => void): void;
  /** A message outside any stream. */
  notify<Topic extends NoticeTopic>(topic: Topic, body: Notices[Topic]): void;
  onNotice<Topic extends NoticeTopic>(topic: Topic, handler: (body: Notices[Topic]) => void): void;
  /** Bytes queued and not yet on the wire: back-pressure for the sender. */
  bufferedBytes(): number;
  /** Resolves when `bufferedBytes` has fallen below the low-water mark, or the link is gone. */
  drained(): Promise<void>;
  /** Stops and resumes reading from the peer: back-pressure for the receiver. */
  pause(): void;
  resume(): void;
  /** Streams open now, of both sides. */
  openStreams(): number;
  /** Sends what is queued, then closes. The peer sees the reason. */
  close(reason: CloseReason): void;
  /** Resolves once, when the link is gone, with the reason. */
  readonly closed: Promise<CloseReason>;
};

export type LinkStream = {
  readonly id: number;
  /** Queues a message; a stream that has ended drops it and returns false. */
  send(message: StreamMessage): boolean;
  onMessage(handler: (message: StreamMessage) => void): void;
  /** Ends the stream on both sides; what was sent before arrives first. */
  end(): void;
  /** Resolves once. `malformed`: one side sent a message that the other could not accept. */
  readonly ended: Promise<"end" | "malformed" | "linkClosed">;
};
