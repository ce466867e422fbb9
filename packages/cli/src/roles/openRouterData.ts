import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  createContentNode,
  createContentShelf,
  createMasterBox,
  type Embed,
  openDataDesk,
  SHELF_OBJECT_BYTES_MAX,
} from "@cortensor/data";
import type { RouterConfig, RouterParts } from "@cortensor/node";
import { type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import { collectHourly } from "./collectHourly.js";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** Opens clients' files and vector stores: rows in the router's database, ciphertext in a folder of its own, no peer asked or answered. */
export async function openRouterData(parts: {
  readonly config: RouterConfig;
  readonly pool: Parameters<typeof openDataDesk>[0]["pool"];
  /** Where a router that was told no folder keeps them, its key beside. */
  readonly folder: string;
  readonly holder: string;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}): Promise<NonNullable<RouterParts["data"]>> {
  const { config, pool, holder, log, shutdown } = parts;
  const clock = systemClock;
  const folder = config.filesFolder ?? join(parts.folder, "content");
  const nowSeconds = (): number => Math.floor(clock.nowMs() / 1_000);
  const node = await createContentNode({ folder, nowSeconds, clock, log });
  shutdown.add("files' content", () => node.stop());
  let connected: Embed | undefined;
  const desk = await openDataDesk({
    pool,
    shelf: createContentShelf(node, { privacy: "open", bytesMax: SHELF_OBJECT_BYTES_MAX }),
    box: createMasterBox(await masterKey(parts), () => randomBytes(NONCE_BYTES)),
    folder: join(parts.folder, "indexes"),
    embed: async (...asked) => (connected === undefined ? NOT_CONNECTED : connected(...asked)),
    // The same addresses as for sinks: clients name both.
    sourcePolicy: { allowsPrivateAddresses: config.sinkAllowsPrivate, allowsFiles: false },
    holder,
    randomBytes: (count) => randomBytes(count),
    clock,
    log,
  });
  shutdown.add("files", () => desk.close());
  // Ciphertext that nothing holds any more: nobody can open it.
  collectHourly(node, { clock, log, signal: shutdown.signal });
  return {
    desk,
    connect: (embed) => {
      connected = embed;
    },
  };
}

const NOT_CONNECTED = { kind: "failed", code: "shutting_down", message: "The router is starting." } as const;

/** The key that was given, or the one that was made at the first start. Who loses it has lost the files. */
async function masterKey({
  config,
  folder,
}: {
  readonly config: RouterConfig;
  readonly folder: string;
}): Promise<Uint8Array> {
  if (config.filesKey !== undefined) return Buffer.from(config.filesKey.expose().slice(2), "hex");
  const file = join(folder, "master-key");
  const kept = (await readFileIfThere(file))?.trim();
  if (kept !== undefined && kept !== "") return Buffer.from(kept, "hex");
  const made = randomBytes(KEY_BYTES);
  await writeFileWhole(file, `${made.toString("hex")}\n`);
  return made;
}
