import type { WebSocket } from "ws";
import { CLOSE_REASONS, type CloseReason, isCloseReason } from "./closeReason.js";
import type { Transport } from "./transport.js";

/** Close codes from here on are an application's own: 4000 + the reason's index. */
const FIRST_CLOSE_CODE = 4_000;

export function webSocketTransport(socket: WebSocket): Transport {
  let receive: (bytes: Buffer | undefined) => void = () => undefined;
  let failedWith: CloseReason | undefined;
  let closedWith: CloseReason | undefined;
  const closeHandlers: ((reason: CloseReason) => void)[] = [];

  socket.binaryType = "nodebuffer";
  socket.on("message", (data, isBinary) => receive(isBinary && Buffer.isBuffer(data) ? data : undefined));
  socket.on("close", (code, text) => {
    closedWith = failedWith ?? readReason(code, text.toString("utf8"));
    for (const handler of closeHandlers.splice(0)) handler(closedWith);
  });
  // The socket closes itself after each error; only an oversized message has a reason that the close doesn't carry.
  socket.on("error", (error) => {
    if ("code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") failedWith = "frameTooLarge";
  });

  return {
    send: (bytes, sent) => {
      if (socket.readyState !== socket.OPEN) sent?.();
      else socket.send(bytes, { binary: true }, () => sent?.());
    },
    close: (reason) => socket.close(FIRST_CLOSE_CODE + CLOSE_REASONS.indexOf(reason), reason),
    terminate: () => socket.terminate(),
    bufferedBytes: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onMessage: (receiver) => {
      receive = receiver;
    },
    onClose: (handler) => {
      if (closedWith === undefined) closeHandlers.push(handler);
      else handler(closedWith);
    },
  };
}

/** A frame above the socket's own limit closes it with the standard's code 1009. */
const MESSAGE_TOO_BIG = 1_009;

function readReason(code: number, text: string): CloseReason {
  if (code === MESSAGE_TOO_BIG) return "frameTooLarge";
  return isCloseReason(text) ? text : "connectionLost";
}
