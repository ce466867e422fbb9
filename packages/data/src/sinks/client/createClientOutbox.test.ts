import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { outboxSuite } from "../compliance/outboxSuite.js";
import { type ClientDatabase, openClientDatabase } from "./clientDatabase.js";
import { createClientOutbox } from "./createClientOutbox.js";

const folder = mkdtempSync(join(tmpdir(), "cortensor-client-"));
const open: ClientDatabase[] = [];
afterAll(() => {
  for (const db of open) db.close();
  rmSync(folder, { recursive: true, force: true });
});

outboxSuite("an outbox in a client's file", async (parts) => {
  const db = await openClientDatabase(join(folder, "sinks", `${open.length}.db`));
  open.push(db);
  return createClientOutbox({ ...parts, db });
});

it("a client's file is its owner's alone to read, and so is what lies beside it", () => {
  const path = join(folder, "sinks", "0.db");
  for (const name of [path, `${path}-wal`, `${path}-shm`])
    expect([name, statSync(name).mode & 0o077]).toEqual([name, 0]);
});

it("a file that is none of its kind is refused, and nothing of it is quoted", async () => {
  await expect(openClientDatabase(folder)).rejects.toMatchObject({ data: { code: "SINK_OUTBOX_FAILED" } });
});
