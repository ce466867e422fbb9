import { rm } from "node:fs/promises";
import { readElsewhere } from "./postgresFolder.js";

/** Deletes a stopped server's folder, and its data where that lies elsewhere. For trials; nothing of it comes back. */
export async function removePostgres(folder: string): Promise<void> {
  const elsewhere = await readElsewhere(folder);
  if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
