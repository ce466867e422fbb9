import { chown, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { connectDatabase, systemClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { aCertificate, TLS_HOST } from "../compliance/aCertificate.js";
import { someRecords, word } from "../compliance/makers.js";
import { findMariadb, sayNoMariadb, startTestMariadb } from "../compliance/startTestMariadb.js";
import { startTestPostgres } from "../compliance/startTestPostgres.js";
import { openSink } from "../openSink.js";
import { parseSinkTarget } from "./parseSinkTarget.js";
import { OWN_POLICY } from "./sinkPolicy.js";

const SESSION = word("session");
const BATCH = { session: SESSION, records: someRecords(SESSION, 1, 2), goneThrough: 0 };
const NEVER = new AbortController().signal;

/** What becomes of a delivery to a name that leads to this machine. */
async function deliver(target: { readonly url: string; readonly ca?: string }): Promise<unknown> {
  const parsed = parseSinkTarget(JSON.stringify(target));
  const sink = openSink(parsed, { policy: OWN_POLICY, clock: systemClock, resolve: async () => ["127.0.0.1"] });
  try {
    return await sink.deliver(BATCH, NEVER);
  } catch (error) {
    return error;
  } finally {
    await sink.close();
  }
}

/** The three ways it can go, for a URL with a host to be filled in. */
async function tryAll(urlOf: (host: string) => string, cert: string): Promise<void> {
  expect(await deliver({ url: urlOf(TLS_HOST) })).toMatchObject({ code: "SINK_UNREACHABLE" });
  expect(await deliver({ url: urlOf("other.example"), ca: cert })).toMatchObject({ code: "SINK_UNREACHABLE" });
  expect(await deliver({ url: urlOf(TLS_HOST), ca: cert })).toEqual({ kind: "delivered", through: 2 });
}

const there = (url: string) => (host: string) => url.replace("127.0.0.1", host);

describe("a sink over TLS is reached when its certificate is trusted and its name's, and not otherwise", () => {
  it("by HTTPS", async () => {
    const { cert, key } = await aCertificate();
    const server = createServer({ cert, key }, (request, response) => {
      request.resume().on("end", () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
    await tryAll((host) => `https://${host}:${port}/#${secret}`, cert);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("by Postgres", async () => {
    const { cert, key } = await aCertificate();
    const server = await startTestPostgres();
    const url = await server.create();
    const pool = connectDatabase({ url, max: 1 });
    const { rows } = await pool.query<{ data_directory: string }>("SHOW data_directory");
    const folder = rows[0]?.data_directory ?? "";
    const owner = await stat(folder);
    for (const [name, text] of [
      ["sink.crt", cert],
      ["sink.key", key],
    ] as const) {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      await chown(join(folder, name), owner.uid, owner.gid);
    }
    await pool.query("ALTER SYSTEM SET ssl_cert_file = 'sink.crt'");
    await pool.query("ALTER SYSTEM SET ssl_key_file = 'sink.key'");
    await pool.query("ALTER SYSTEM SET ssl = on");
    await pool.end();
    await server.kill();
    await server.restart();
    await tryAll(there(url), cert);
    await server.stop();
  });

  it("by MariaDB, where it is installed", async () => {
    const binary = findMariadb();
    if (binary === undefined) return sayNoMariadb();
    const { cert, key } = await aCertificate();
    const server = await startTestMariadb(binary, { cert, key });
    await tryAll(there(await server.create()), cert);
    await server.stop();
  });
});
