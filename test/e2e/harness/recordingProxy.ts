import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback that keeps every byte it carries. */
export type RecordingProxy = {
  readonly port: number;
  /** How often somebody has connected. */
  connections(): number;
  /** What the side that connects sent, and what it was sent. */
  captured(): { readonly sent: Buffer; readonly received: Buffer };
  /** Changes what passes from here on, of each side. */
  alter(change: Alteration): void;
  close(): Promise<void>;
};

/** What becomes of a chunk of the side that connected (`sent`), or of the other. */
export type Alteration = (chunk: Buffer, side: "sent" | "received") => Buffer;

export async function startRecordingProxy(targetPort: number): Promise<RecordingProxy> {
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let change: Alteration = (chunk) => chunk;
  const pair = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    // The close that follows ends the other side.
    from.on("error", () => from.destroy());
  };
  let connections = 0;
  const server = createServer((inbound) => {
    connections += 1;
    const outbound = connect(targetPort, "127.0.0.1");
    pair(inbound, outbound);
    pair(outbound, inbound);
    inbound.on("data", (chunk: Buffer) => {
      const passed = change(chunk, "sent");
      sent.push(Buffer.from(passed));
      outbound.write(passed);
    });
    outbound.on("data", (chunk: Buffer) => {
      const passed = change(chunk, "received");
      received.push(Buffer.from(passed));
      inbound.write(passed);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    connections: () => connections,
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
