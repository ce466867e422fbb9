import { connectDatabase } from "@cortensor/runtime";
import type pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { outboxSuite } from "../compliance/outboxSuite.js";
import { startTestPostgres, type TestPostgres } from "../compliance/startTestPostgres.js";
import { createPostgresOutbox } from "./createPostgresOutbox.js";

let server: TestPostgres;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
});

afterAll(async () => {
  for (const pool of pools) await pool.end();
  await server.stop();
});

outboxSuite("an outbox in Postgres", async ({ clock, bounds = {} }) => {
  const pool = connectDatabase({ url: await server.create(), max: 4 });
  pools.push(pool);
  return createPostgresOutbox({ pool, clock, bounds });
});
