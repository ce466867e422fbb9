import { createServer } from "node:net";

/** A TCP port nobody listens on: the preferred one if it is free, else any. Another process may still take it first. */
export async function pickFreePort(preferred?: number, host = "127.0.0.1"): Promise<number> {
  if (preferred !== undefined && (await canListen(preferred, host))) return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("The system gave no port"));
      });
    });
  });
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
