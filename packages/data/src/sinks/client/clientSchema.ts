/**
 * What a client keeps of its sink, in a file of its own. `client_outboxes` and `client_records` are as a router's (`../outbox/schema.ts`). A draft is a
 * task whose receipt isn't there yet: `place` is its answer's place among the answers, null until it has ended.
 */
export const CLIENT_SCHEMA = `
CREATE TABLE IF NOT EXISTS client_stream (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS client_outboxes (
  session TEXT PRIMARY KEY,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  delivered_through INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  lease_holder TEXT NOT NULL DEFAULT '',
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  lease_until_ms INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS client_records (
  session TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  record TEXT,
  PRIMARY KEY (session, sequence),
  UNIQUE (session, task_id)
);
CREATE TABLE IF NOT EXISTS client_drafts (
  task_id TEXT PRIMARY KEY,
  place INTEGER UNIQUE,
  router TEXT NOT NULL,
  process TEXT NOT NULL,
  is_whole INTEGER NOT NULL DEFAULT 0,
  texts TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  kept_at_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at_ms INTEGER NOT NULL
);
`;
