import type { CloseReason } from "../closeReason.js";
import type { Transport } from "../transport.js";

/** Changes, drops (undefined) or repeats what one side sends. */
export type Tamper = (bytes: Buffer, index: number) => readonly Buffer[];

/** Two transports joined in memory; each message arrives in a later microtask, as it was sent or as `tamper` makes it. */
export function memoryTransports(tamper: { readonly opener?: Tamper; readonly acceptor?: Tamper } = {}): {
  readonly opener: Transport;
  readonly acceptor: Transport;
} {
  const opener = half(tamper.opener);
  const acceptor = half(tamper.acceptor);
  opener.join(acceptor);
  acceptor.join(opener);
  return { opener: opener.transport, acceptor: acceptor.transport };
}

type Half = {
  transport: Transport;
  join(other: Half): void;
  receive(bytes: Buffer): void;
  closeWith(reason: CloseReason): void;
};

function half(tamper: Tamper = (bytes) => [bytes]): Half {
  let other: Half | undefined;
  let receiver: (bytes: Buffer | undefined) => void = () => undefined;
  let closedWith: CloseReason | undefined;
  let sent = 0;
  const handlers: ((reason: CloseReason) => void)[] = [];

  const self: Half = {
    join: (peer) => {
      other = peer;
    },
    receive: (bytes) => queueMicrotask(() => closedWith === undefined && receiver(bytes)),
    closeWith: (reason) =>
      queueMicrotask(() => {
        if (closedWith !== undefined) return;
        closedWith = reason;
        for (const handler of handlers.splice(0)) handler(reason);
      }),
    transport: {
      send: (bytes, done) => {
        for (const piece of tamper(Buffer.from(bytes), sent)) other?.receive(piece);
        sent += 1;
        queueMicrotask(() => done?.());
      },
      close: (reason) => {
        other?.closeWith(reason);
        self.closeWith(reason);
      },
      terminate: () => {
        other?.closeWith("connectionLost");
        self.closeWith("connectionLost");
      },
      bufferedBytes: () => 0,
      pause: () => undefined,
      resume: () => undefined,
      onMessage: (next) => {
        receiver = next;
      },
      onClose: (handler) => {
        if (closedWith === undefined) handlers.push(handler);
        else handler(closedWith);
      },
    },
  };
  return self;
}
