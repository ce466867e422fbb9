import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback that keeps every byte it carries. */
export type RecordingProxy = {
  readonly port: number;
  /** What the side that connects sent, and what it was sent. */
  captured(): { readonly sent: Buffer; readonly received: Buffer };
  /** Changes what the connecting side sends from here on; the first chunk of each connection is number 0. */
  alter(change: (chunk: Buffer, index: number) => Buffer): void;
  close(): Promise<void>;
};

export async function startRecordingProxy(targetPort: number): Promise<RecordingProxy> {
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let change = (chunk: Buffer, _index: number): Buffer => chunk;
  const pair = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    // The close that follows ends the other side.
    from.on("error", () => from.destroy());
  };
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, "127.0.0.1");
    pair(inbound, outbound);
    pair(outbound, inbound);
    let index = 0;
    inbound.on("data", (chunk: Buffer) => {
      const passed = change(chunk, index);
      index += 1;
      sent.push(Buffer.from(passed));
      outbound.write(passed);
    });
    outbound.on("data", (chunk: Buffer) => {
      received.push(Buffer.from(chunk));
      inbound.write(chunk);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    captured: () => ({ sent: Buffer.concat(sent), received: Buffer.concat(received) }),
    alter: (next) => {
      change = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
