/** The parts of a sealed frame, one after the other: kind u8 · stream varint · bytes u32 · body. */
export const MUX = {
  /** A stream's first message. */
  open: 1,
  /** A stream's further message. */
  data: 2,
  /** The stream is over. */
  end: 3,
  /** The stream is over because its last message was not acceptable. */
  reset: 4,
  /** A message outside any stream; the stream number is 0. */
  notice: 5,
  ping: 6,
  pong: 7,
  /** The link is over; the body is the reason's index. Said inside the encryption, so nobody else can say it. */
  bye: 8,
} as const;
