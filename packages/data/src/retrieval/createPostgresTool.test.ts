import { connectDatabase, pickFreePort } from "@cortensor/runtime";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite/vector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../sinks/compliance/startTestPostgres.js";
import { OWN_POLICY, STRANGERS_POLICY } from "../sinks/target/sinkPolicy.js";
import { createPostgresTool } from "./createPostgresTool.js";
import { PASSAGE_CHARS_MAX } from "./retrievalLimits.js";
import { parseRetrievalPlace } from "./retrievalPlace.js";
import type { RetrievalTool } from "./retrievalTool.js";

const signal = new AbortController().signal;
const VIEW = { kind: "view", view: "shown.prices", source: "id", text: "says" };
const ask = (tool: RetrievalTool, text: string, limit = 5) => tool.search({ text }, { limit, signal });

describe("a view of a client's own Postgres", () => {
  let server: TestPostgres;
  let url: string;
  let admin: ReturnType<typeof connectDatabase>;

  beforeAll(async () => {
    server = await startTestPostgres();
    url = await server.create();
    admin = connectDatabase({ url, max: 1 });
    await admin.query(`
      CREATE TABLE price (id text PRIMARY KEY, says text, secret text);
      INSERT INTO price VALUES ('a', 'An apple costs three coins', 'cellar'), ('b', 'A pear costs five coins', 'attic');
      CREATE SCHEMA shown;
      CREATE VIEW shown.prices AS SELECT id, says FROM price;
      CREATE VIEW shown.large AS SELECT 'l' || n AS id, repeat('apple ', 5000) AS says FROM generate_series(1, 100) n;
      CREATE VIEW shown.slow AS SELECT id, says || pg_sleep(20)::text AS says FROM price;
      CREATE FUNCTION note(text) RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER
        AS $$ INSERT INTO price VALUES ('n', $1, '') RETURNING says $$;
      CREATE VIEW shown.writes AS SELECT id, note(says) AS says FROM price;
      CREATE ROLE reader LOGIN PASSWORD 'r'; CREATE ROLE writer LOGIN PASSWORD 'w'; CREATE ROLE boss LOGIN SUPERUSER PASSWORD 'b';
      GRANT USAGE ON SCHEMA shown TO reader, writer; GRANT SELECT ON ALL TABLES IN SCHEMA shown TO reader, writer;
      GRANT INSERT ON price TO writer;`);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  const as = (user: string) => url.replace(/\/\/[^@]*@/, `//${user}:${user.slice(0, 1)}@`);
  const aTool = (over: { user?: string; view?: string; policy?: typeof OWN_POLICY; statementMs?: number } = {}) => {
    const place = parseRetrievalPlace({ ...VIEW, view: over.view ?? VIEW.view });
    return createPostgresTool({
      url: as(over.user ?? "reader"),
      place,
      policy: over.policy ?? OWN_POLICY,
      statementMs: over.statementMs ?? 5_000,
    });
  };

  it("answers with its rows, those with more of the question's words first, and anew when a row changes", async () => {
    const tool = aTool();
    const found = await ask(tool, "How much costs an apple?");
    expect(found.map(({ source, text }) => [source, text])).toEqual([
      ["a", "An apple costs three coins"],
      ["b", "A pear costs five coins"],
    ]);
    expect(await ask(tool, "apple", 1)).toHaveLength(1);
    await admin.query("UPDATE price SET says = 'An apple costs nine coins' WHERE id = 'a'");
    expect((await ask(tool, "apple"))[0]?.text).toBe("An apple costs nine coins");
    await admin.query("UPDATE price SET says = 'An apple costs three coins' WHERE id = 'a'");
    expect(await ask(tool, "cellar")).toEqual([]);
  });

  it("takes a question as words, whatever it says", async () => {
    for (const text of ["'; DROP TABLE price; --", "apple') OR 1=1 --", "$1 ? & | ! :* <->", "\\", "'", ""])
      await ask(aTool(), text);
    expect((await admin.query("SELECT count(*)::int AS n FROM price")).rows).toEqual([{ n: 2 }]);
    await expect(ask(aTool(), "a\0b")).rejects.toMatchObject({ code: "RETRIEVAL_BAD_QUERY" });
    await expect(ask(aTool(), "x".repeat(5_000))).rejects.toMatchObject({ code: "RETRIEVAL_BAD_QUERY" });
  });

  it("can't write, even by a function that its owner let it call", async () => {
    await expect(ask(aTool({ view: "shown.writes" }), "apple")).rejects.toMatchObject({ code: "RETRIEVAL_WRITES" });
    expect((await admin.query("SELECT count(*)::int AS n FROM price")).rows).toEqual([{ n: 2 }]);
  });

  it("is read by a role that can do nothing else", async () => {
    const refusal = (may: string) => ({ data: { code: "RETRIEVAL_ROLE_TOO_STRONG", may } });
    await expect(ask(aTool({ user: "writer" }), "apple")).rejects.toMatchObject(refusal("write to a table"));
    await expect(ask(aTool({ user: "boss" }), "apple")).rejects.toMatchObject(refusal("be a superuser"));
    await expect(ask(aTool({ view: "public.price" }), "apple")).rejects.toMatchObject({
      code: "RETRIEVAL_NO_SUCH_PLACE",
    });
    await expect(ask(aTool({ view: "shown.none" }), "apple")).rejects.toMatchObject({
      code: "RETRIEVAL_NO_SUCH_PLACE",
    });
  });

  it("gives no more than its bounds of rows, characters, bytes and time", async () => {
    const large = await ask(aTool({ view: "shown.large" }), "apple", 1_000);
    expect([large.length, large[0]?.text.length]).toEqual([15, PASSAGE_CHARS_MAX]);
    await expect(ask(aTool({ view: "shown.slow", statementMs: 100 }), "apple")).rejects.toMatchObject({
      code: "RETRIEVAL_TIMEOUT",
    });
  });

  it("isn't dialled on this machine for a stranger, and says who isn't there, never with what password", async () => {
    const refused = ask(aTool({ policy: STRANGERS_POLICY }), "apple");
    await expect(refused).rejects.toMatchObject({
      data: { code: "RETRIEVAL_UNREACHABLE", reason: "SINK_ADDRESS_REFUSED" },
    });
    const wrong = createPostgresTool({ url: as("zoe"), place: parseRetrievalPlace(VIEW), policy: OWN_POLICY });
    await expect(ask(wrong, "apple")).rejects.toMatchObject({
      data: { code: "RETRIEVAL_FAILED", state: expect.stringMatching(/^28/) },
    });
  });
});

describe("a table of vectors, by pgvector", () => {
  let database: PGlite;
  let server: PGLiteSocketServer;
  let tool: RetrievalTool;
  const PLACE = { kind: "vectors", table: "passage", source: "id", text: "says", embedding: "v", dimension: 3 };

  beforeAll(async () => {
    database = await PGlite.create({ extensions: { vector } });
    await database.exec(`CREATE EXTENSION vector; CREATE TABLE passage (id text, says text, v vector(3));
      INSERT INTO passage VALUES ('x', 'along x', '[1,0,0]'), ('y', 'along y', '[0,1,0]'), ('z', 'between', '[1,1,0]'), ('n', 'none', NULL);
      CREATE FUNCTION turn_x() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE passage SET v = '[0,0,1]' WHERE id = 'x' $$;
      CREATE ROLE reader; GRANT SELECT ON passage TO reader; SET SESSION AUTHORIZATION reader`);
    const port = await pickFreePort();
    server = new PGLiteSocketServer({ db: database, port, host: "127.0.0.1" });
    await server.start();
    const place = parseRetrievalPlace(PLACE);
    tool = createPostgresTool({ url: `postgres://reader@127.0.0.1:${port}/postgres`, place, policy: OWN_POLICY });
  });
  afterAll(async () => {
    await server?.stop();
    await database?.close();
  });

  const near = (vector: readonly number[], limit = 5) => tool.search({ text: "", vector }, { limit, signal });

  it("answers with the rows nearest in direction, and anew when a row changes", async () => {
    const found = await near([1, 0.1, 0]);
    expect(found.map(({ source }) => source)).toEqual(["x", "z", "y"]);
    expect(found[0]?.score).toBeCloseTo(0.995, 3);
    await database.exec("SELECT turn_x()");
    expect((await near([1, 0.1, 0], 1)).map(({ source }) => source)).toEqual(["z"]);
  });

  it("refuses a question without a vector of its dimension", async () => {
    for (const vector of [
      [1, 2],
      [1, 2, 3, 4],
      [1, 2, Number.NaN],
      [1, 2, Number.POSITIVE_INFINITY],
    ])
      await expect(near(vector)).rejects.toMatchObject({ code: "RETRIEVAL_BAD_QUERY" });
    await expect(ask(tool, "words alone")).rejects.toMatchObject({ code: "RETRIEVAL_BAD_QUERY" });
  });
});

describe("a place to read", () => {
  it.each([
    ["another kind", { ...VIEW, kind: "query" }],
    ["a statement", { ...VIEW, sql: "SELECT 1" }],
    ["an injected view", { ...VIEW, view: 'prices"; DROP TABLE price; --' }],
    ["three parts", { ...VIEW, view: "a.b.c" }],
    ["a column that is an expression", { ...VIEW, text: "says || secret" }],
    ["a quoted column", { ...VIEW, source: '"id"' }],
    ["capitals", { ...VIEW, view: "Prices" }],
    ["no column", { kind: "view", view: "prices", source: "id" }],
    ["a dimension of none", { kind: "vectors", table: "t", source: "a", text: "b", embedding: "c", dimension: 0 }],
  ])("is refused with %s", (_, value) => {
    expect(() => parseRetrievalPlace(value)).toThrow(expect.objectContaining({ code: "RETRIEVAL_BAD_CONFIG" }));
  });

  it("is in Postgres, and its URL is never quoted", () => {
    const place = parseRetrievalPlace(VIEW);
    for (const url of ["mysql://u:hunter2@h/d", "postgres://u:hunter2@h", "https://h"]) {
      const made = () => createPostgresTool({ url, place, policy: OWN_POLICY });
      expect(made).toThrow(expect.objectContaining({ code: "RETRIEVAL_BAD_CONFIG" }));
      expect(made).not.toThrow(/hunter2/);
    }
  });
});
