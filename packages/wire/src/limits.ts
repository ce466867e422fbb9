/** Bounds of a link. Each has its reason; a role may lower them, tests do. */
export type LinkLimits = {
  /** A handshake that takes longer is dropped: it holds a socket and no identity yet. */
  readonly handshakeTimeoutMs: number;
  /** A handshake message is a few hundred bytes; more is an attack. */
  readonly handshakeBytesMax: number;
  /** Handshakes running at once: each may cost one secp256k1 check, about a millisecond. */
  readonly handshakesMax: number;
  /** Links held at once by an accepting side. */
  readonly linksMax: number;
  /** One message: the largest prompt (2 MiB and its envelope), or the vectors of one embedding request. */
  readonly messageBytesMax: number;
  /**
   * Small messages are sealed together until a frame has this size: about twenty requests, so that under load the peer begins with the
   * first while the rest are still being made. Above it a frame holds one message.
   */
  readonly frameBytesTarget: number;
  /** Streams open at once: 16 bytes of bookkeeping and two closures each; a router holds 25,000 over its miners. */
  readonly streamsMax: number;
  /** `drained` resolves below this, and a caller should pause above it: about what a 100 Mbit/s socket takes in 80 ms. */
  readonly lowWaterBytes: number;
  /** A peer that lets this much pile up reads nothing: the link is closed rather than memory filled. */
  readonly bufferedBytesMax: number;
  /** A ping is sent after this much silence … */
  readonly pingAfterMs: number;
  /** … and the link is closed when nothing at all came for this long. */
  readonly silenceMs: number;
};

export const LINK_LIMITS: LinkLimits = {
  handshakeTimeoutMs: 10_000,
  handshakeBytesMax: 1_024,
  handshakesMax: 256,
  linksMax: 4_096,
  messageBytesMax: 8 * 1024 * 1024,
  frameBytesTarget: 16 * 1024,
  streamsMax: 16_384,
  lowWaterBytes: 1024 * 1024,
  bufferedBytesMax: 64 * 1024 * 1024,
  pingAfterMs: 5_000,
  silenceMs: 15_000,
};

/** The largest WebSocket message that an honest peer sends: a frame about to be full, and then the largest message. */
export function socketBytesMax(limits: LinkLimits): number {
  return Math.max(limits.handshakeBytesMax, limits.frameBytesTarget + limits.messageBytesMax + FRAME_OVERHEAD_BYTES);
}

/** The parts' headers and the seal. */
const FRAME_OVERHEAD_BYTES = 64;
