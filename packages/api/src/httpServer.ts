import http from "node:http";
import https from "node:https";
import { HANDSHAKE_MS, KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from "./limits.js";

/** PEM texts. */
export type TlsTexts = { readonly cert: string; readonly key: string };

/** A bare server with the bounds of every public one; without certificate and key it speaks plain HTTP. */
export function createHttpServer(handler: http.RequestListener, tls: TlsTexts | undefined): http.Server {
  const timeouts = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  if (tls === undefined) return http.createServer({ ...timeouts, noDelay: true }, handler);
  return https.createServer(
    { ...timeouts, ...tls, noDelay: true, minVersion: "TLSv1.3", handshakeTimeout: HANDSHAKE_MS },
    handler,
  );
}
