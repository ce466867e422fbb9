/** Why a link was refused or ended. Sent to the peer as the close reason of the socket, and given by `Link.closed`. */
export const CLOSE_REASONS = [
  /** The other side ended it in order, or this one did. */
  "done",
  "shutdown",
  /** The socket went away without a reason. */
  "connectionLost",
  "silence",
  "handshakeTimeout",
  "handshakeMalformed",
  "unsupportedVersion",
  "unsupportedSuite",
  "wrongChain",
  "wrongRegistry",
  "wrongRole",
  "certificateExpired",
  "certificateInvalid",
  "signatureInvalid",
  "unexpectedPeer",
  "unauthorised",
  "tooManyLinks",
  "frameTampered",
  "frameMalformed",
  "frameTooLarge",
  "streamLimit",
  "peerTooSlow",
  "replaced",
] as const;

export type CloseReason = (typeof CLOSE_REASONS)[number];

export function isCloseReason(text: string): text is CloseReason {
  return (CLOSE_REASONS as readonly string[]).includes(text);
}
