import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type RecordingProxy = {
  readonly port: number;
  /** Every byte that passed, both ways. */
  captured(): Buffer;
  /** Flips the last bit of the next chunk that the connecting side sends. */
  corruptNext(): void;
  /** Destroys every connection. */
  cut(): void;
  close(): Promise<void>;
};

/** A TCP proxy on loopback that keeps what it carries. */
export async function recordingProxy(targetPort: number): Promise<RecordingProxy> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  let corrupts = false;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, "127.0.0.1");
    track(inbound);
    track(outbound);
    inbound.on("data", (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk));
      if (corrupts) chunk[chunk.length - 1] = (chunk[chunk.length - 1] ?? 0) ^ 1;
      corrupts = false;
      outbound.write(chunk);
    });
    outbound.on("data", (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk));
      inbound.write(chunk);
    });
    inbound.on("close", () => outbound.destroy());
    outbound.on("close", () => inbound.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    captured: () => Buffer.concat(chunks),
    corruptNext: () => {
      corrupts = true;
    },
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
