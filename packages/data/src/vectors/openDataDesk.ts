import { rm } from "node:fs/promises";
import { FILE_BYTES_MAX } from "@cortensor/protocol";
import { type Clock, type Logger, migrate } from "@cortensor/runtime";
import type pg from "pg";
import { type ConversationDesk, createConversationDesk } from "../conversations/conversationDesk.js";
import { createThreadDesk, type ThreadDesk } from "../conversations/threadDesk.js";
import type { DataOwner } from "../files/dataOwner.js";
import { extractText } from "../files/extractText.js";
import { createFileDesk, type DeskParts, type FileDesk } from "../files/fileDesk.js";
import type { MasterBox } from "../files/masterBox.js";
import type { ObjectShelf } from "../files/objectShelf.js";
import { OrphanSweep } from "../files/orphanSweep.js";
import { FILE_MIGRATIONS } from "../files/schema.js";
import { createSealedShelf } from "../files/sealedShelf.js";
import { type SinkPolicy, STRANGERS_POLICY } from "../sinks/target/sinkPolicy.js";
import { citeSources } from "./citeSources.js";
import { type CollectionEntry, type CollectionManifest, exportLines, makeManifest } from "./collection.js";
import type { Embed } from "./embed.js";
import { createFileBatchDesk, type FileBatchDesk } from "./fileBatches.js";
import { createImportDesk, type ImportDesk } from "./importDesk.js";
import { IndexDesk } from "./indexDesk.js";
import { LoadedStores } from "./loadedStores.js";
import { createSearchDesk, type SearchDesk } from "./searchDesk.js";
import { createSourceDesk } from "./sourceDesk.js";
import { createStoreDesk, type StoreDesk } from "./storeDesk.js";
import { createStoreFileDesk, type StoreFileDesk } from "./storeFiles.js";
import { listParts, type PartRow, readParts } from "./storeParts.js";

/** Bytes of one object on the shelf: a whole file with its tags. */
export const SHELF_OBJECT_BYTES_MAX = FILE_BYTES_MAX + 1_048_576;

/** Files and vector stores of everybody who has some at this operator. */
export type DataDesk = SearchDesk &
  ImportDesk & {
    readonly files: FileDesk;
    readonly conversations: ConversationDesk;
    readonly threads: ThreadDesk;
    readonly stores: StoreDesk;
    readonly storeFiles: StoreFileDesk;
    readonly batches: FileBatchDesk;
    /** A file's text, as it is cut and searched. */
    text(owner: DataOwner, file: string, signal: AbortSignal): Promise<string | undefined>;
    /** Which files an answer's words stand in. */
    cite: typeof citeSources;
    /**
     * A store as a collection: what it consists of, and all of it as JSON Lines, of which a part at a time is in memory. Undefined while nothing of it is
     * embedded. An export that is read while its store is emptied throws FILES_OBJECT_GONE.
     */
    collect(
      owner: DataOwner,
      store: string,
      signal: AbortSignal,
    ): Promise<{ readonly manifest: CollectionManifest; readonly export: () => AsyncIterable<Uint8Array> } | undefined>;
    /** Embeds what is attached and not yet done. */
    index(signal: AbortSignal): Promise<void>;
    /** Takes away what has expired. */
    sweep(): Promise<void>;
    close(): Promise<void>;
  };

/** Opens the room over the operator's database; brings its own tables. `folder` is emptied: what lies there is made of what the shelf holds. */
export async function openDataDesk(parts: {
  readonly pool: pg.Pool;
  readonly shelf: ObjectShelf;
  readonly box: MasterBox;
  readonly folder: string;
  readonly embed: Embed;
  /** Where clients' own databases may be. Default: as for strangers. */
  readonly sourcePolicy?: SinkPolicy;
  readonly holder: string;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Pick<Logger, "info" | "warn">;
}): Promise<DataDesk> {
  const { pool, box, folder, embed, holder, randomBytes, clock, log } = parts;
  await migrate(pool, FILE_MIGRATIONS, { room: "files" });
  await rm(folder, { recursive: true, force: true });
  const nowMs = (): number => clock.nowMs();
  const shelf = createSealedShelf({ shelf: parts.shelf, box, randomBytes });
  const desk: DeskParts = { pool, shelf, box, nowMs, randomBytes };
  const files = createFileDesk(desk);
  const conversations = createConversationDesk(desk);
  const stores = createStoreDesk(desk);
  const loaded = new LoadedStores({ ...desk, folder });
  const sources = createSourceDesk({ pool, box, policy: parts.sourcePolicy ?? STRANGERS_POLICY });
  const storeFiles = createStoreFileDesk(desk);
  const orphans = new OrphanSweep({ pool, shelf: parts.shelf, nowMs });
  const indexDesk = new IndexDesk({ ...desk, embed, holder, log });
  return {
    files,
    conversations,
    threads: createThreadDesk(desk),
    stores,
    storeFiles,
    batches: createFileBatchDesk(desk, storeFiles),
    ...createImportDesk(desk, { files, stores }),
    ...createSearchDesk({ stores, loaded, embed, sources, nowMs }),
    cite: citeSources,
    async text(owner, id, signal) {
      const [file, content] = [await files.find(owner, id), await files.read(owner, id, signal)];
      return file === undefined || content === undefined ? undefined : extractText(content, file.mediaType);
    },
    async collect(owner, id, signal) {
      const store = await stores.find(owner, id);
      if (store === undefined || store.status === "expired") return undefined;
      const rows = await listParts(desk, id);
      if (rows.length === 0) return undefined;
      const entries = () => plainEntries(desk, rows, signal);
      const manifest = await makeManifest(entries(), { owner: owner.id, embeddingModel: store.embeddingModel });
      return { manifest, export: () => exportLines(manifest, entries()) };
    },
    index: (signal) => indexDesk.round(signal),
    async sweep() {
      await files.sweep();
      await stores.sweep();
      await conversations.sweep();
      const gone = await orphans.round();
      if (gone > 0) log.info("Ciphertext that belonged to nothing was let go", { objects: gone });
    },
    close: () => loaded.close(),
  };
}

/** What a collection says of its entries: not when their files expire. */
async function* plainEntries(
  desk: DeskParts,
  rows: readonly PartRow[],
  signal: AbortSignal,
): AsyncGenerator<CollectionEntry> {
  for await (const part of readParts(desk, rows, signal)) {
    for (const { expiresSeconds: _, ...entry } of part.entries) yield entry;
  }
}
