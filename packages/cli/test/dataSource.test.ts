import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Caller } from "@cortensor/api";
import { createMasterBox, FileError, type ObjectShelf, openDataDesk } from "@cortensor/data";
import { connectDatabase, silentLogger, startPostgres, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer } from "../../api/test/openTestServer.js";
import { API_KEY } from "../../api/test/testGateway.js";
import { runInHome } from "./runInHome.js";

const PASSWORD = "hunter2hunter2";
const PLACE = { kind: "view", view: "shown.prices", source: "id", text: "says" };
const undo: (() => Promise<unknown>)[] = [];
let home: string;
let router: string;

/** Nothing of a store with a source lies there. */
const nothing: ObjectShelf = {
  put: async () => "cid",
  get: async (cid) => {
    throw new FileError({ code: "FILES_OBJECT_GONE", cid });
  },
  remove: async () => undefined,
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-cli-source-"));
  undo.push(() => rm(home, { recursive: true, force: true }));
  // As root the server runs as another account, which must get in.
  await chmod(home, 0o755);
  const postgres = await startPostgres({ folder: join(home, "postgres") });
  undo.push(() => postgres.stop());
  const pool = connectDatabase({ url: postgres.url, max: 2 });
  undo.push(() => pool.end());
  const desk = await openDataDesk({
    ...{ pool, shelf: nothing, holder: "router", clock: systemClock, log: silentLogger },
    folder: join(home, "indexes"),
    box: createMasterBox(Buffer.alloc(32, 5), () => randomBytes(12)),
    randomBytes: (count) => randomBytes(count),
    embed: async () => ({ kind: "failed", code: "no_miner", message: "None." }),
  });
  const made = await openTestServer({}, 0, {
    ...{ desk, embeddingModel: () => undefined, onAttached: () => undefined },
    ownerOf: async ({ account }: Caller) => ({ kind: "owner", owner: { id: `client/${account}`, account } }),
  });
  undo.push(() => made.server.close());
  router = made.url;
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const run = (...args: string[]) =>
  runInHome(home, ["data", "source", ...args, "--router", router], { CORTENSOR_API_KEY: API_KEY });

describe("cortensor data source", () => {
  it("makes a store of a place, says which, and forgets it, and says nothing of its credentials", async () => {
    const file = join(home, "place.json");
    await writeFile(file, JSON.stringify({ url: `postgres://reader:${PASSWORD}@db.example/clients`, place: PLACE }));
    const made = await run("add", file, "--name", "prices");
    expect(made).toMatchObject({ name: "prices", status: "completed", source: { place: PLACE } });
    const shown = await run("show", String(made.id));
    expect(shown).toEqual(made);
    expect(JSON.stringify([made, shown])).not.toContain(PASSWORD);
    expect(await run("remove", String(made.id))).toMatchObject({ id: made.id, removed: true });
    const gone = expect.objectContaining({ code: "SDK_REFUSED" });
    await expect(run("show", String(made.id))).rejects.toEqual(gone);
    await expect(run("remove", String(made.id))).rejects.toEqual(gone);
  });

  it("refuses a file that is no place before anything leaves, and a place that is none by the router, without quoting it", async () => {
    const file = join(home, "bad.json");
    await writeFile(file, `{"url": "postgres://reader:${PASSWORD}@db.example/clients"`);
    const refused = await run("add", file).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "CLI_BAD_FILE" });
    expect(JSON.stringify(refused) + String(refused)).not.toContain(PASSWORD);
    const url = `postgres://reader:${PASSWORD}@db.example/clients`;
    await writeFile(file, JSON.stringify({ url, place: { ...PLACE, view: "prices; DROP" } }));
    const told = await run("add", file).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: "SDK_REFUSED" });
    expect(JSON.stringify(told) + String(told)).not.toContain(PASSWORD);
  });
});
