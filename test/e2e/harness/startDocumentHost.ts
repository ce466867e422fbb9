import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A client's own server on the loopback, which gives one document. */
export type DocumentHost = { readonly port: number; serve(text: string): void; close(): Promise<void> };

export async function startDocumentHost(): Promise<DocumentHost> {
  let served = "";
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    serve: (text) => {
      served = text;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
