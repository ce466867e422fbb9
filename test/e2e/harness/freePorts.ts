import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/**
 * Where the system takes no port for a connection that goes out, nor for a server that names none: Linux has 32768 and above for those. What is
 * found free here is still free when a network that starts for half a minute comes to listen there.
 */
const FROM = 10_000;
const TO = 32_768;
const TRIES_MAX = 200;

/** Ports on loopback that nobody listens on. All are held until all are known, so that no two are the same. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = new Map<number, Server>();
  for (let tries = 0; held.size < count; tries += 1) {
    if (tries === TRIES_MAX) throw new Error(`after ${TRIES_MAX} tries there were ${held.size} of ${count} free ports`);
    const port = randomInt(FROM, TO);
    const server = await listenAt(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}

/** Nothing where somebody listens. */
function listenAt(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
