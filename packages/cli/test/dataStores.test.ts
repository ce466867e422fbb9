import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Caller } from "@cortensor/api";
import {
  createMasterBox,
  exportCollection,
  FileError,
  importCollection,
  makeManifest,
  type ObjectShelf,
  openDataDesk,
} from "@cortensor/data";
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

/** Ciphertext by its name: of a store with a source there is none. */
const objects = new Map<string, Uint8Array>();
const shelf: ObjectShelf = {
  put: async (sealed) => {
    const cid = `cid-${objects.size}-${randomBytes(4).toString("hex")}`;
    objects.set(cid, sealed);
    return cid;
  },
  get: async (cid) => {
    const found = objects.get(cid);
    if (found === undefined) throw new FileError({ code: "FILES_OBJECT_GONE", cid });
    return found;
  },
  remove: async (cid) => void objects.delete(cid),
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
    ...{ pool, shelf, holder: "router", clock: systemClock, log: silentLogger },
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

const runData = (...args: string[]) =>
  runInHome(home, ["data", ...args, "--router", router], { CORTENSOR_API_KEY: API_KEY });
const run = (...args: string[]) => runData("source", ...args);

describe("cortensor data source", () => {
  it("makes a store of a place, says which, and forgets it, and says nothing of its credentials", async () => {
    const file = join(home, "place.json");
    await writeFile(file, JSON.stringify({ url: `postgres://reader:${PASSWORD}@db.example/clients`, place: PLACE }));
    const made = await run("add", file, "--name", "prices");
    expect(objects.size).toBe(0);
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

describe("cortensor data collection", () => {
  const entries = ["one", "two", "three"].map((text, at) => ({
    ...{ file: "file-1", filename: "notes.txt", attributes: { year: 2_024 }, text },
    vector: Float32Array.of(at, 1),
  }));

  it("makes a store of a file, and a file of the store, of one root; what it sent for that is gone", async () => {
    const manifest = await makeManifest(entries, { owner: "client/another", embeddingModel: "owner/embed" });
    const [file, out] = [join(home, "notes.jsonl"), join(home, "again.jsonl")];
    await writeFile(file, exportCollection({ manifest, entries }));
    const made = await runData("collection", "import", file, "--name", "notes");
    expect(made).toMatchObject({ embeddingModel: "owner/embed" });
    await runData("collection", "export", String(made.id), "--out", out);
    const again = await importCollection(await readFile(out));
    expect(again.manifest).toMatchObject({ root: manifest.root, count: 3, embeddingModel: "owner/embed" });
    expect(again.entries.map(({ text, attributes }) => [text, attributes])).toEqual(
      entries.map(({ text, attributes }) => [text, attributes]),
    );
    // Its text as a file, and its one part: the piece that it was sent in is let go.
    expect(objects.size).toBe(2);
  });

  it("makes none of a file whose numbers were changed, and writes none of a store that isn't there", async () => {
    const [first, second] = entries;
    if (first === undefined || second === undefined) throw new Error("two entries");
    const manifest = await makeManifest([first], { owner: "client/another", embeddingModel: "owner/embed" });
    const [file, out] = [join(home, "altered.jsonl"), join(home, "none.jsonl")];
    const altered = { ...first, vector: Float32Array.of(9, 9) };
    await writeFile(file, exportCollection({ manifest, entries: [altered] }));
    const before = objects.size;
    const refused = await runData("collection", "import", file).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "SDK_REFUSED" });
    expect(String(refused)).toContain("VECTORS_ROOT_MISMATCH");
    expect(objects.size).toBe(before);
    const none = runData("collection", "export", "vs_none", "--out", out);
    await expect(none).rejects.toMatchObject({ code: "SDK_REFUSED" });
    expect((await readdir(home)).filter((name) => name.startsWith("none"))).toEqual([]);
  });
});
