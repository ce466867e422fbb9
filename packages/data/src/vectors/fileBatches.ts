import type { DataOwner } from "../files/dataOwner.js";
import type { DeskParts } from "../files/fileDesk.js";
import { inTransaction, query } from "../files/rows.js";
import type { AttachOutcome, StoreFileDesk } from "./storeFiles.js";
import { countsOf } from "./storeRows.js";
import type { Attachment, FileBatch } from "./vectorStore.js";

/** Files that were attached together. Each call is of a store that is known to be the owner's. */
export type FileBatchDesk = {
  open(
    owner: DataOwner,
    store: string,
    files: readonly Attachment[],
  ): Promise<
    { readonly kind: "opened"; readonly batch: FileBatch } | Exclude<AttachOutcome, { readonly kind: "attached" }>
  >;
  find(store: string, id: string): Promise<FileBatch | undefined>;
  /** Files that aren't done are left as they are: what was embedded stays paid, and isn't searched. */
  cancel(store: string, id: string): Promise<FileBatch | undefined>;
};

export function createFileBatchDesk(
  { pool, randomBytes }: Pick<DeskParts, "pool" | "randomBytes">,
  { attach }: Pick<StoreFileDesk, "attach">,
): FileBatchDesk {
  const find = async (store: string, id: string): Promise<FileBatch | undefined> => {
    const [row] = await query<{ created_s: string; is_cancelled: boolean }>(
      pool,
      "SELECT created_s, is_cancelled FROM file_batches WHERE store = $1 AND id = $2",
      [store, id],
    );
    if (row === undefined) return undefined;
    const sql =
      "SELECT status, count(*) AS files FROM vector_store_files WHERE store = $1 AND batch = $2 GROUP BY status";
    const counts = countsOf(await query<{ status: string; files: string }>(pool, sql, [store, id]));
    const status = row.is_cancelled ? "cancelled" : counts.in_progress > 0 ? "in_progress" : "completed";
    return { id, store, createdSeconds: Number(row.created_s), status, counts };
  };
  return {
    find,
    async open(owner, store, files) {
      const id = `vsfb_${Buffer.from(randomBytes(16)).toString("hex")}`;
      const outcome = await attach(owner, store, files, id);
      if (outcome.kind !== "attached") return outcome;
      const batch = await find(store, id);
      return batch === undefined ? { kind: "expired" } : { kind: "opened", batch };
    },
    async cancel(store, id) {
      await inTransaction(pool, async (client) => {
        const sql = `UPDATE vector_store_files SET status = 'cancelled'
          WHERE store = $1 AND batch = $2 AND status = 'in_progress'`;
        const { rowCount } = await client.query(sql, [store, id]);
        if ((rowCount ?? 0) === 0) return;
        await client.query("UPDATE file_batches SET is_cancelled = true WHERE store = $1 AND id = $2", [store, id]);
      });
      return find(store, id);
    },
  };
}
