import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasterBox, type DataDesk, type Embed, openDataDesk } from "@cortensor/data";
import { connectDatabase, silentLogger, startPostgres, systemClock } from "@cortensor/runtime";
import type pg from "pg";
import type { Caller, Refusal } from "../src/index.js";
import { openTestServer, type TestServer } from "./openTestServer.js";

/** What keeps clients' data, with a database of its own: it outlives the servers that are opened over it. */
export type DataRoom = {
  readonly pool: pg.Pool;
  /** Ciphertext by its CID. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** As a router opens it at its start. */
  openDesk(): Promise<DataDesk>;
  openServer(of: DataDesk): Promise<TestServer & { readonly url: string }>;
  /** What a caller's data is refused for from now on. */
  refuse(refusal: Refusal | undefined): void;
  close(): Promise<void>;
};

/** Two numbers for a text: enough that a search has something to compare. */
const embed: Embed = async (_payer, { texts }) => ({
  kind: "vectors",
  vectors: texts.map((text) => Float32Array.of(text.length, text.split(" ").length)),
  taskId: `0x${"ab".repeat(32)}`,
  nIn: 1,
});

export async function openDataRoom(): Promise<DataRoom> {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-api-files-"));
  // As root the server runs as another account, which must get in.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ folder: join(folder, "postgres") });
  const pool = connectDatabase({ url: postgres.url, max: 4 });
  const objects = new Map<string, Uint8Array>();
  let puts = 0;
  let refusal: Refusal | undefined;
  const shelf = {
    async put(sealed: Uint8Array) {
      puts += 1;
      objects.set(`cid-${puts}`, sealed);
      return `cid-${puts}`;
    },
    get: async (cid: string) => objects.get(cid) ?? new Uint8Array(),
    remove: async (cid: string) => void objects.delete(cid),
  };
  return {
    pool,
    objects,
    openDesk: () =>
      openDataDesk({
        ...{ pool, embed, shelf, holder: "router", clock: systemClock, log: silentLogger },
        folder: join(folder, "indexes"),
        box: createMasterBox(Buffer.alloc(32, 5), () => randomBytes(12)),
        randomBytes: (count) => randomBytes(count),
      }),
    openServer: (desk) =>
      openTestServer({}, 0, {
        desk,
        embeddingModel: () => "owner/test-embed",
        onAttached: () => undefined,
        ownerOf: async ({ account }: Caller) =>
          refusal === undefined
            ? { kind: "owner", owner: { id: `client/${account}`, account } }
            : { kind: "refused", refusal },
      }),
    refuse(next) {
      refusal = next;
    },
    async close() {
      await pool.end();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
