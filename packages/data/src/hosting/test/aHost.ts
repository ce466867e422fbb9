import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { bytesToHex, sha256Bytes } from "@cortensor/protocol";
import { type Clock, createManualClock, type ManualClock } from "@cortensor/runtime";
import { type HostedReference, parseHostedReference } from "../hostedReference.js";

export const TEXT = "The bridge over the Aller was opened in 1903.\n";
export const BODY = Buffer.from(TEXT);

/** A server of documents on this machine, and what was asked of it. */
export type Host = { readonly port: number; readonly asked: IncomingMessage[]; readonly close: () => Promise<void> };

export async function aHost(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Host> {
  const asked: IncomingMessage[] = [];
  const listen: RequestListener = (request, response) => {
    asked.push(request);
    answer(response, request);
  };
  const server: Server = tls === undefined ? createServer(listen) : createTlsServer(tls, listen);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with these bytes as plain text, or with other headers. */
export const sends =
  (body: Uint8Array = BODY, headers: Record<string, string> = {}, status = 200) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body);

export function pinned(url: string, body: Uint8Array = BODY): HostedReference {
  return parseHostedReference({ url, sha256: bytesToHex(sha256Bytes(body)).slice(2), bytes: body.length });
}

/** A manual clock that tells when so many sleeps have begun: a fetch begins one for each step. */
export function countingClock(): {
  readonly clock: Clock;
  readonly manual: ManualClock;
  began(count: number): Promise<void>;
} {
  const manual = createManualClock(1_000);
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let begun = 0;
  return {
    manual,
    clock: {
      nowMs: () => manual.nowMs(),
      sleep(ms, signal) {
        begun += 1;
        for (const one of waiting) if (one.count <= begun) one.resolve();
        return manual.sleep(ms, signal);
      },
    },
    began: (count) =>
      new Promise((resolve) => {
        if (count <= begun) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}
