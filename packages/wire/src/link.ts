import type { Address, Hex } from "@cortensor/protocol";

/** Who a link's peer proved to be. */
export type PeerIdentity = {
  readonly role: "router" | "miner";
  /** Registered signing address that certified the connection key. */
  readonly address: Address;
  /** Ed25519 connection key, raw, 32 bytes. */
  readonly connectionKey: Hex;
};

/** One encrypted, mutually authenticated connection; carries many streams by number. */
export type Link = {
  readonly peer: PeerIdentity;
  /** Opens a stream with its first message. */
  open(message: unknown): LinkStream;
  /** Called for each stream that the peer opens. */
  onStream(handler: (stream: LinkStream, first: unknown) => void): void;
  /** A message outside any stream. */
  notify(topic: string, body: unknown): void;
  onNotice(topic: string, handler: (body: unknown) => void): void;
  /** Bytes queued and not yet on the wire: back-pressure for the sender. */
  bufferedBytes(): number;
  close(reason: string): void;
  /** Resolves once, when the link is gone, with the reason. */
  readonly closed: Promise<string>;
};

export type LinkStream = {
  readonly id: number;
  send(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Ends the stream on both sides. */
  end(): void;
  readonly ended: Promise<"end" | "linkClosed">;
};
