import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Ends a server's connections when it closes: idle ones at once, also those that never sent a request; busy ones when their answer is
 * sent; upgraded ones when no answer runs any more. Node's own `closeIdleConnections` leaves silent connections open.
 */
export function trackConnections(
  server: Server,
  { isTls }: { readonly isTls: boolean },
): { readonly close: () => void } {
  const idle = new Set<Socket>();
  const upgraded = new Set<Socket>();
  let answers = 0;
  let isClosing = false;

  const endUpgraded = () => {
    if (isClosing && answers === 0) for (const socket of upgraded) socket.destroy();
  };
  const onConnection = (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  };
  const onRequest = ({ socket }: { socket: Socket }, response: ServerResponse) => {
    answers += 1;
    idle.delete(socket);
    response.once("close", () => {
      answers -= 1;
      if (isClosing) socket.destroy();
      else if (!socket.destroyed) idle.add(socket);
      endUpgraded();
    });
  };
  const onUpgrade = (_request: unknown, socket: Socket) => {
    idle.delete(socket);
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
  };
  server.on(isTls ? "secureConnection" : "connection", onConnection);
  server.on("request", onRequest);
  // With an upgrade listener, Node leaves upgrades to the listeners alone: ours comes only beside another.
  let isWatchingUpgrades = false;
  server.on("newListener", (event) => {
    if (event !== "upgrade" || isWatchingUpgrades) return;
    isWatchingUpgrades = true;
    server.on("upgrade", onUpgrade);
  });
  return {
    close: () => {
      isClosing = true;
      for (const socket of idle) socket.destroy();
      endUpgraded();
    },
  };
}
