import { connect, createServer, type Server, type Socket } from "node:net";

/** Connections forwarded at once: a handful of miners and wallets. */
const CONNECTIONS_MAX = 256;

/** Makes a port of this machine's loopback reachable on another address, byte by byte. */
export async function forwardPort(request: {
  readonly host: string;
  readonly port: number;
  readonly toPort: number;
}): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((from) => {
    const to = connect(request.toPort, "127.0.0.1");
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      // The close that follows ends the other side.
      socket.on("error", () => socket.destroy());
    }
    from.pipe(to);
    to.pipe(from);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(request.port, request.host, resolve);
  });
  return {
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
