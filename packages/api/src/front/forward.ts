import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { bodyHeaders, endToEndHeaders, headerPairs } from "./endToEnd.js";
import { NETWORK_AWAY, refusalBytes, refuse } from "./frontAnswer.js";

/** Routers stand beside the front, and listen to nobody else. */
const HOST = "127.0.0.1";

type Onward = { readonly port: number; readonly path: string };

/**
 * Hands a request to its router and the answer back, as both come: what one side doesn't read, the other doesn't send. Whoever goes
 * away takes the other side with it. A router that isn't there, or dies before it answers, is told of by a 503.
 */
export function forwardRequest(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { port, path, agent }: Onward & { readonly agent: http.Agent },
): void {
  const { method } = request;
  const headers = [...endToEndHeaders(request), ...bodyHeaders(request)];
  const onward = http.request({ host: HOST, port, path, agent, headers, ...(method === undefined ? {} : { method }) });
  onward.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer));
    // A stream's head is read before its first word is there.
    if (answer.headers["content-length"] === undefined) response.flushHeaders();
    pipeline(answer, response, () => {
      // Cut where the router cut it: half an answer isn't to look whole.
      if (!answer.complete) request.socket.destroy();
    });
  });
  onward.on("error", () => {
    if (response.headersSent) request.socket.destroy();
    else refuse(response, path, NETWORK_AWAY);
  });
  // A router that has ended what it was sent takes no more of it.
  onward.once("close", () => {
    if (!request.complete && response.writableFinished) request.socket.destroy();
  });
  response.once("close", () => {
    if (!response.writableFinished) onward.destroy();
  });
  request.pipe(onward);
}

/** Hands a connection over as it is: the request that upgrades it, and from then on bytes. Calls back when it is over. */
export function forwardUpgrade(
  { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  { port, path, onEnd }: Onward & { readonly onEnd: () => void },
): void {
  const onward = connect({ host: HOST, port, noDelay: true });
  const onAway = () => socket.end(refusalBytes(path, NETWORK_AWAY));
  // A close follows each.
  onward.once("error", onAway);
  socket.on("error", () => onward.destroy());
  socket.once("close", () => {
    onward.destroy();
    onEnd();
  });
  onward.once("connect", () => {
    onward.off("error", onAway);
    onward.on("error", () => socket.destroy());
    onward.write(headOf(request, path), "latin1");
    onward.write(head);
    socket.pipe(onward);
    // What the router said last is sent before its end is.
    onward.pipe(socket).once("finish", () => socket.destroy());
  });
}

function headOf({ method, rawHeaders }: IncomingMessage, path: string): string {
  const lines = headerPairs(rawHeaders).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}
