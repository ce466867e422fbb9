import { request } from "node:http";
import { hasCode } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { CLOSE_REASONS } from "./closeReason.js";
import { connectTo, linkPair, testRouter } from "./test/linkPair.js";

describe("acceptLinks", () => {
  it("tells a peer that the registry doesn't know why it is refused", async () => {
    const testing = await testRouter({ authorise: () => Promise.resolve({ kind: "refused", detail: "not staked" }) });
    const refusal = await connectTo(testing.url).catch((error: unknown) => error);
    expect(hasCode(refusal, "WIRE_LINK_REFUSED")).toBe(true);
    expect(String(refusal)).toContain("reason=unauthorised");
    await testing.close();
  });

  it("answers 503 beyond its links", async () => {
    const testing = await testRouter({ limits: { linksMax: 1 } });
    await Promise.all([testing.nextLink(), connectTo(testing.url)]);
    const refusal = await connectTo(testing.url).catch((error: unknown) => error);
    expect(hasCode(refusal, "WIRE_CONNECT_FAILED")).toBe(true);
    await testing.close();
  });

  it("closes a socket that speaks text", async () => {
    const testing = await testRouter();
    const socket = new WebSocket(testing.url);
    socket.on("open", () => socket.send("GET me in"));
    const code = await new Promise((resolve) => socket.on("close", resolve));
    expect(code).toBe(4_000 + CLOSE_REASONS.indexOf("handshakeMalformed"));
    await testing.close();
  });

  it("leaves other upgrades to others", async () => {
    const testing = await testRouter();
    const headers = { connection: "Upgrade", upgrade: "websocket" };
    const other = request({ port: testing.port, host: "127.0.0.1", path: "/ws", headers });
    const hungUp = new Promise((resolve) => other.on("error", resolve));
    other.end(() => other.destroy(new Error("nobody answered")));
    expect(String(await hungUp)).toContain("nobody answered");
    expect(testing.acceptor.links()).toBe(0);
    await testing.close();
  });

  it("closes every link in order", async () => {
    const pair = await linkPair();
    await pair.close();
    expect(await pair.miner.closed).toBe("shutdown");
    expect(await pair.router.closed).toBe("shutdown");
  });
});
