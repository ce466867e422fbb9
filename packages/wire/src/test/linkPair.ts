import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, silentLogger, systemClock } from "@cortensor/runtime";
import { acceptLinks, type LinkAcceptor, WIRE_PATH } from "../acceptLinks.js";
import { connectLink } from "../connectLink.js";
import type { LinkLimits } from "../limits.js";
import type { Authorise, Link } from "../link.js";
import { anIdentity } from "./identities.js";

export type TestRouter = {
  readonly url: string;
  readonly port: number;
  readonly acceptor: LinkAcceptor;
  /** The next link that stands on the router's side. */
  nextLink(): Promise<Link>;
  close(): Promise<void>;
};

export type PairOptions = {
  readonly clock?: Clock;
  readonly limits?: Partial<LinkLimits>;
  readonly authorise?: Authorise;
};

export const grantAll: Authorise = (peer) => Promise.resolve({ kind: "granted", owner: peer.address });

/** A router's accepting side on a free port. */
export async function testRouter(options: PairOptions = {}): Promise<TestRouter> {
  const server: Server = createServer();
  const links: Link[] = [];
  const waiting: ((link: Link) => void)[] = [];
  const acceptor = acceptLinks({
    server,
    identity: anIdentity({ role: "router" }),
    expectRole: "miner",
    authorise: options.authorise ?? grantAll,
    onLink: (link) => {
      const waiter = waiting.shift();
      if (waiter === undefined) links.push(link);
      else waiter(link);
    },
    clock: options.clock ?? systemClock,
    log: silentLogger,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}${WIRE_PATH}`,
    port,
    acceptor,
    nextLink: () => {
      const link = links.shift();
      return link === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(link);
    },
    close: async () => {
      await acceptor.close("shutdown");
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function connectTo(url: string, options: PairOptions = {}): Promise<Link> {
  return connectLink({
    url,
    identity: anIdentity(),
    expectPeer: { role: "router" },
    authorise: grantAll,
    signal: new AbortController().signal,
    clock: options.clock ?? systemClock,
    log: silentLogger,
    ...(options.limits ? { limits: options.limits } : {}),
  });
}

/** Both ends of one link over a real socket on loopback. */
export async function linkPair(
  options: PairOptions = {},
): Promise<{ readonly miner: Link; readonly router: Link; close(): Promise<void> }> {
  const testing = await testRouter(options);
  const [router, miner] = await Promise.all([testing.nextLink(), connectTo(testing.url, options)]);
  return { miner, router, close: testing.close };
}
