import { createServer } from "node:net";
import { systemClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { someRecords, word } from "./compliance/makers.js";
import { openSink } from "./openSink.js";
import { parseSinkTarget } from "./target/parseSinkTarget.js";
import { STRANGERS_POLICY } from "./target/sinkPolicy.js";

const SESSION = word("session");
const BATCH = { session: SESSION, records: someRecords(SESSION, 1, 1), goneThrough: 0 };
const NEVER = new AbortController().signal;
const SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

describe("a sink that a stranger names", () => {
  it.each([
    (host: string) => `postgres://u:p@${host}/app?sslmode=disable`,
    (host: string) => `postgres://u:p@${host}/app`,
    (host: string) => `mysql://u:p@${host}/app?sslmode=disable`,
    (host: string) => `https://${host}/#${SECRET}`,
  ])("isn't dialled where its name or address is this machine's", async (urlOf) => {
    let dialled = 0;
    const server = createServer((socket) => {
      dialled += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    for (const host of ["127.0.0.1", "localhost", "sink.example", "[::1]", "[::ffff:127.0.0.1]"]) {
      const target = parseSinkTarget(urlOf(`${host}:${port}`));
      const resolve = async () => ["127.0.0.1"];
      const sink = openSink(target, { policy: STRANGERS_POLICY, clock: systemClock, resolve });
      await expect(sink.deliver(BATCH, NEVER)).rejects.toMatchObject({ code: "SINK_ADDRESS_REFUSED" });
      await sink.close();
    }
    expect(dialled).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});
