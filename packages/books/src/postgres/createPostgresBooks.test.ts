import { connectDatabase } from "@cortensor/runtime";
import type pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { booksSuite } from "../compliance/booksSuite.js";
import { LANE } from "../compliance/makers.js";
import { startTestDatabases, type TestDatabases } from "../compliance/startTestDatabases.js";
import { createPostgresBooks } from "./createPostgresBooks.js";

let databases: TestDatabases;
let pool: pg.Pool;

beforeAll(async () => {
  databases = await startTestDatabases();
  pool = connectDatabase({ url: await databases.create(), max: 4 });
});

afterAll(async () => {
  await pool.end();
  await databases.stop();
});

booksSuite("books in Postgres", ({ clock }) => createPostgresBooks({ pool, routerId: "router 1", lane: LANE, clock }));
