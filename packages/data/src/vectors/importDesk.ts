import type { DataOwner } from "../files/dataOwner.js";
import type { DeskParts, FileDesk } from "../files/fileDesk.js";
import { type CollectionManifest, openCollection } from "./collection.js";
import { IncomingStore } from "./incomingStore.js";
import type { StoreDesk } from "./storeDesk.js";
import type { StoreNotes, VectorStore } from "./vectorStore.js";

export type Imported =
  | { readonly kind: "imported"; readonly store: VectorStore; readonly manifest: CollectionManifest }
  | { readonly kind: "full"; readonly most: string }
  /** `file` isn't one of the owner's. */
  | { readonly kind: "noFile"; readonly file: string };

/** Makes a store of an exported collection: nothing is embedded for it, and its vectors are the exported ones, in their order. */
export type ImportDesk = {
  /**
   * `files` are an export that was uploaded, in pieces where it is larger than a file: read one after another, one of them in memory. Nothing of it is
   * searched before all of it was checked. Throws VECTORS_MALFORMED, VECTORS_BAD_VECTOR, VECTORS_ROOT_MISMATCH: then nothing is kept.
   */
  importStore(
    owner: DataOwner,
    asked: StoreNotes & { readonly files: readonly string[] },
    signal: AbortSignal,
  ): Promise<Imported>;
};

const NO_ROOM = { kind: "full", most: "the vector stores that you have" } as const;

export function createImportDesk(
  parts: DeskParts,
  { files, stores }: { readonly files: FileDesk; readonly stores: StoreDesk },
): ImportDesk {
  async function* pieces(owner: DataOwner, ids: readonly string[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (const id of ids) {
      const bytes = await files.read(owner, id, signal);
      if (bytes !== undefined) yield bytes;
    }
  }
  return {
    async importStore(owner, { files: ids, ...notes }, signal) {
      for (const file of ids) if ((await files.find(owner, file)) === undefined) return { kind: "noFile", file };
      const opened = await openCollection(pieces(owner, ids, signal));
      const { embeddingModel } = opened.said;
      const made = await stores.create(owner, { ...notes, embeddingModel });
      if (made.kind === "full") return NO_ROOM;
      const { id: store } = made.store;
      const incoming = new IncomingStore(parts, { owner, store, files });
      const undo = async (): Promise<void> => {
        await stores.remove(owner, store);
        await incoming.undo();
      };
      try {
        const manifest = await opened.read(async (entry) => {
          signal.throwIfAborted();
          return incoming.take(entry);
        });
        if (manifest === undefined || !(await incoming.end())) {
          await undo();
          return { kind: "full", most: incoming.full ?? NO_ROOM.most };
        }
        await incoming.attach();
        const found = await stores.find(owner, store);
        return found === undefined ? NO_ROOM : { kind: "imported", store: found, manifest };
      } catch (error) {
        await undo();
        throw error;
      }
    },
  };
}
