import type { CloseReason } from "./closeReason.js";

/** A socket that keeps message boundaries: a WebSocket, or a pair in memory. */
export type Transport = {
  /** `sent` is called when the bytes left the queue, or never will. */
  send(bytes: Buffer, sent?: () => void): void;
  /** Ends in order: what was sent before arrives first. */
  close(reason: CloseReason): void;
  /** Ends at once. */
  terminate(): void;
  bufferedBytes(): number;
  pause(): void;
  resume(): void;
  /** One receiver at a time; a later one replaces it. `undefined` is a message that isn't binary. */
  onMessage(receiver: (bytes: Buffer | undefined) => void): void;
  /** Called once, also when the transport is closed already. */
  onClose(handler: (reason: CloseReason) => void): void;
};
